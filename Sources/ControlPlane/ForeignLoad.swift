import Foundation

/// Load on a cluster that no run of this service has ordered. It is told of and never touched.
package struct ForeignLoad: Equatable, Sendable {
    package let users: Int
    /// The generator's own word.
    package let state: String
    /// When it began, or was first seen where the cluster does not tell.
    package let since: Date
    /// What is known of whose it is; for everybody that the cluster serves.
    package let detail: String

    /// - Parameter seen: when it was first seen.
    init(_ load: ClusterLoad, seen: Date) {
        users = load.users
        state = load.state
        since = load.startedAt ?? seen
        detail =
            switch load.claim {
            case .run(let id):
                "a test that was started with the run id \(id.text.prefix(Self.idLengthMax)), "
                    + "which is no run of this service"
            case .nobodys: "a test that was started by somebody else"
            case .untold: "a test, while no run of this service is on it"
            }
    }

    /// Twice as long as our own ids; what somebody else has put there may be of any length.
    private static let idLengthMax = 80
}
