import Logging

/// Why the store could not do its work, and what an operator can do about it.
package struct StoreFailure: Error, Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case diskFull
        case readOnly
        /// Another process holds the file.
        case locked
        case ioError
        /// The file is damaged, or no store.
        case corrupt
        /// The file cannot be opened.
        case unreachable
        /// Another file, or none, has the store's name.
        case moved
        /// More work waits than the store takes.
        case overloaded
        /// A mistake of the program rather than of the machine.
        case other
    }

    package let kind: Kind
    /// With the file's name, and without any value that was to be stored.
    package let cause: String

    /// What to do; nil where only the cause can tell.
    package let remedy: String?
    /// What was tried, in the program's terms, for the log alone; nil where the cause says it all.
    package let detail: String?

    /// - Parameter remedy: where more is known than the kind tells.
    package init(_ kind: Kind, _ cause: String, remedy: String? = nil, detail: String? = nil) {
        self.kind = kind
        self.cause = cause
        self.remedy = remedy ?? kind.remedy
        self.detail = detail
    }
}

extension StoreFailure.Kind {
    /// What to do; nil where only the cause can tell. The service needs no restart unless it says
    /// so.
    package var remedy: String? {
        switch self {
        case .diskFull: "make room on its disk, or raise its quota"
        case .readOnly: "make the file and its folder writable"
        case .locked: "end the process that holds the file"
        case .ioError: "look into the system's log for the disk's errors"
        case .corrupt: "stop the service and restore a backup (README, Backup and restore)"
        case .unreachable: "see that the file is there and may be opened"
        case .moved: "put the file back, or restart the service with the one that is there"
        case .overloaded: "wait; if it lasts, the disk is too slow for so many runs"
        case .other: nil
        }
    }
}

extension StoreFailure {
    /// For a line of the log.
    package var logFields: [String: LogValue] {
        var fields: [String: LogValue] = [
            "kind": .string(kind.rawValue), "cause": .string(cause),
        ]
        if let remedy { fields["remedy"] = .string(remedy) }
        if let detail { fields["detail"] = .string(detail) }
        return fields
    }
}

extension StoreFailure: CustomStringConvertible {
    package var description: String {
        guard let remedy else { return cause }
        return "\(kind.rawValue): \(cause): \(remedy)"
    }
}

/// A text alone is a failure of no known kind.
extension StoreFailure: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self.init(.other, text) }
}
