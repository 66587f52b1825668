/// Which requests share places and a queue, so that a flood of one kind keeps out no other.
package enum AdmissionClass: String, CaseIterable, Sendable {
    /// What hooks report: large bodies, each to be decoded and stored.
    case callbacks
    /// What the store is asked.
    case reads
    /// What asks every cluster how it is, and so takes as long as the slowest of them.
    case surveys
    /// What reads all that is known of a run at once.
    case exports
    /// What creates, starts or changes.
    case changes
    /// What stops load. Nothing else takes its places, its connections or its threads.
    case stops
    /// What asks whether a password is right: each takes some tenths of a second of a core.
    case logins
    /// What goes on with a login, or ends it.
    case sessions
    /// Readiness, which anybody may ask.
    case probes

    /// What one class may take of the service.
    struct Limits: Sendable {
        /// Requests that are worked on at the same time.
        let activeMax: Int
        /// Their bodies together; one alone may always be as large as its route allows.
        let activeBodyBytesMax: Int
        /// Requests that wait for one of these places; another is told 503.
        let waitingMax: Int
        /// Those of one caller, worked on or waiting; another of the same is told 429.
        let perCallerMax: Int
        /// How long a request waits before it is told 503: less than its client's patience.
        let waitMax: Duration
        /// A longer wait is worth a warning.
        let waitToWarn: Duration
    }

    var limits: Limits {
        switch self {
        case .callbacks:
            // Hooks give up after ten seconds, and usually share a token: a caller is a host.
            Limits(
                activeMax: 32, activeBodyBytesMax: 4 << 20, waitingMax: 256, perCallerMax: 144,
                waitMax: .seconds(5), waitToWarn: .seconds(1))
        case .reads:
            Limits(
                activeMax: 16, activeBodyBytesMax: 128 << 10, waitingMax: 128, perCallerMax: 72,
                waitMax: .seconds(5), waitToWarn: .seconds(1))
        case .surveys:
            Limits(
                activeMax: 4, activeBodyBytesMax: 128 << 10, waitingMax: 32, perCallerMax: 18,
                waitMax: .seconds(10), waitToWarn: .seconds(5))
        case .exports:
            // Each takes some tenths of a second of a core where runs are long.
            Limits(
                activeMax: 2, activeBodyBytesMax: 128 << 10, waitingMax: 48, perCallerMax: 16,
                waitMax: .seconds(10), waitToWarn: .seconds(5))
        case .changes:
            Limits(
                activeMax: 16, activeBodyBytesMax: 4 << 20, waitingMax: 64, perCallerMax: 40,
                waitMax: .seconds(10), waitToWarn: .seconds(1))
        case .stops:
            // Many may stop at once, each again and again: all of a tenant's runs, say.
            Limits(
                activeMax: 32, activeBodyBytesMax: 128 << 10, waitingMax: 256, perCallerMax: 144,
                waitMax: .seconds(10), waitToWarn: .milliseconds(250))
        case .logins:
            // Passwords are checked one at a time, a few in a second.
            Limits(
                activeMax: 2, activeBodyBytesMax: 128 << 10, waitingMax: 24, perCallerMax: 8,
                waitMax: .seconds(8), waitToWarn: .seconds(2))
        case .sessions:
            Limits(
                activeMax: 8, activeBodyBytesMax: 128 << 10, waitingMax: 128, perCallerMax: 24,
                waitMax: .seconds(5), waitToWarn: .seconds(1))
        case .probes:
            Limits(
                activeMax: 4, activeBodyBytesMax: 128 << 10, waitingMax: 16, perCallerMax: 8,
                waitMax: .seconds(2), waitToWarn: .seconds(1))
        }
    }
}
