/// What of a route's requests is recorded.
enum RouteAudit: Equatable, Sendable {
    /// Nothing: it changes nothing.
    case none
    /// What is refused, under this name. What is done is told elsewhere, as in a run's timeline.
    case refusals(String)
    /// Each time that it is done, and what is refused.
    case action(String)

    /// The name under which requests of the route are recorded.
    var name: String? {
        switch self {
        case .none: nil
        case .refusals(let name), .action(let name): name
        }
    }
}
