/// What becomes of live runs when the service is told to end. Load of native clusters ends with the
/// service in any case.
enum ShutdownPolicy: String, CaseIterable, Sendable {
    /// Runs on Locust go on, for the next process to adopt: the service is only replaced.
    case leave
    /// No load stays behind.
    case stop

    init(_ arguments: Arguments) throws(ArgumentError) {
        guard let text = arguments["on-shutdown"] else {
            self = .leave
            return
        }
        guard let policy = Self(rawValue: text) else {
            throw ArgumentError(
                message: "--on-shutdown must be one of "
                    + Self.allCases.map(\.rawValue).joined(separator: ", ") + ", not \(text)")
        }
        self = policy
    }
}
