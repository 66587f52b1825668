/// What was asked of which master, for messages: never with a user, password, token or query.
package struct LocustCall: Equatable, Sendable, CustomStringConvertible {
    /// What the caller wanted, as in "start the swarm".
    package let operation: String
    package let method: String
    package let url: String

    package var description: String { "\(operation) (\(method) \(url))" }
}
