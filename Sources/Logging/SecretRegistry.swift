import Synchronization

/// The texts that must never reach the log: tokens, passwords. Shared by the loggers of a program,
/// and replaced as a whole when the configuration is read again.
package final class SecretRegistry: Sendable {
    /// A shorter text occurs by chance, and masking it would make the log unreadable (and tell
    /// the reader what it is).
    package static let secretBytesMin = 8

    private let redaction: Mutex<Redaction>

    /// - Parameter secrets: those shorter than `secretBytesMin` are not looked for.
    package init(_ secrets: [String] = []) {
        redaction = Mutex(Redaction(secrets: secrets))
    }

    /// From now on only `secrets` are looked for.
    package func replace(_ secrets: [String]) {
        let new = Redaction(secrets: secrets)
        redaction.withLock { $0 = new }
    }

    /// What is looked for now.
    var current: Redaction { redaction.withLock { $0 } }
}
