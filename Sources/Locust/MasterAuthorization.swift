import Foundation
import Synchronization

/// How a master is told who calls, which may change while calls go on. Shared by all who talk to
/// the same master.
package final class MasterAuthorization: Sendable {
    package enum Credentials: Equatable, Sendable {
        case token(String)
        case password(user: String, password: String)
    }

    private struct State {
        var credentials: Credentials?
        /// Of the change that was made last, so that no older one comes after it.
        var revision = 0
    }

    private let state = Mutex(State())

    package init() {}

    /// - Parameters:
    ///   - credentials: instead of those that the master was configured with; nil goes back.
    ///   - revision: grows with each change.
    package func use(_ credentials: Credentials?, revision: Int) {
        state.withLock { state in
            guard revision > state.revision else { return }
            state = State(credentials: credentials, revision: revision)
        }
    }

    var credentials: Credentials? { state.withLock(\.credentials) }
}

extension MasterAuthorization.Credentials {
    /// The value of the header: RFC 6750, section 2.1, and RFC 7617.
    var header: String {
        switch self {
        case .token(let token): "Bearer \(token)"
        case .password(let user, let password): "Basic \(Self.pair(user, password))"
        }
    }

    /// What must not come back in a message, such as from a master that repeats what it was sent.
    var secrets: [String] {
        switch self {
        case .token(let token): [token]
        case .password(let user, let password): [password, Self.pair(user, password)]
        }
    }

    private static func pair(_ user: String, _ password: String) -> String {
        Data("\(user):\(password)".utf8).base64EncodedString()
    }
}
