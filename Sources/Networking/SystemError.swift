import Glibc

/// A system call that failed for a reason its caller does not handle.
package struct SystemError: Error, Equatable, Sendable {
    /// The call, with what it was about where that helps: `bind 127.0.0.1:8080`.
    package let call: String
    /// What `errno` said.
    package let code: Int32

    package init(call: String, code: Int32) {
        self.call = call
        self.code = code
    }
}

extension SystemError: CustomStringConvertible {
    package var description: String { "\(call): \(Self.reason(for: code))" }

    /// The system's words for a value of `errno`.
    static func reason(for code: Int32) -> String {
        var text = [CChar](repeating: 0, count: 128)
        // A cut-off message is still a message; the result adds nothing.
        _ = strerror_r(code, &text, text.count)
        let end = text.firstIndex(of: 0) ?? text.endIndex
        return String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
