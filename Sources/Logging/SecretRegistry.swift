import Synchronization

/// The texts that must never reach the log: tokens, passwords. Shared by the loggers of a program,
/// and replaced as a whole when the configuration is read again.
package final class SecretRegistry: Sendable {
    /// A shorter text occurs by chance, and masking it would make the log unreadable (and tell
    /// the reader what it is).
    package static let secretBytesMin = 8

    /// Secrets of requests that are kept: who replaces a cluster's password so often has a mistake.
    private static let keptMax = 1_000

    private struct State {
        var configured: [String]
        var kept: [String] = []
        var redaction: Redaction

        init(_ configured: [String]) {
            self.configured = configured
            redaction = Redaction(secrets: configured)
        }
    }

    private let state: Mutex<State>

    /// - Parameter secrets: those shorter than `secretBytesMin` are not looked for.
    package init(_ secrets: [String] = []) {
        state = Mutex(State(secrets))
    }

    /// From now on only `secrets` are looked for, and those that are kept.
    package func replace(_ secrets: [String]) {
        state.withLock { state in
            state.configured = secrets
            state.redaction = Redaction(secrets: secrets + state.kept)
        }
    }

    /// Looks for these as well, also when others are replaced.
    package func keep(_ secrets: [String]) {
        state.withLock { state in
            state.kept = (state.kept + secrets).suffix(Self.keptMax)
            state.redaction = Redaction(secrets: state.configured + state.kept)
        }
    }

    /// `text` without any of the secrets, and cut behind `bytesMax` bytes.
    package func masked(_ text: String, bytesMax: Int = .max) -> String {
        String(decoding: current.apply(to: text, bytesMax: bytesMax), as: UTF8.self)
    }

    /// What is looked for now.
    var current: Redaction { state.withLock(\.redaction) }
}
