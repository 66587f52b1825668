import Foundation

/// A process that is known to be an engine of this build, for numbers are used again.
struct EngineProcess: Sendable {
    private let id: pid_t
    private let startedAt: String

    private static let program =
        (try? Repository.program.resolvingSymlinksInPath().path) ?? "not built"

    init?(_ id: pid_t) {
        guard let startedAt = Self.start(of: id) else { return nil }
        (self.id, self.startedAt) = (id, startedAt)
    }

    func signal(_ number: Int32) {
        if Self.start(of: id) == startedAt { kill(id, number) }
    }

    /// When the kernel started it, if it is an engine and not just waiting to be reaped.
    private static func start(of id: pid_t) -> String? {
        // It may be gone, which is the answer.
        guard
            let file = try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/\(id)/exe"),
            file.hasPrefix(program),
            let words = try? String(contentsOfFile: "/proc/\(id)/cmdline", encoding: .utf8),
            words.split(separator: "\0").dropFirst().first == "engine",
            let line = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8)
        else { return nil }
        // proc(5): the name in parentheses is the second field, the start the 22nd.
        let fields = line[(line.lastIndex(of: ")") ?? line.startIndex)...].split(separator: " ")
        return fields.count > 20 ? String(fields[20]) : nil
    }
}
