/// How much an event matters; a logger writes its own level and everything above.
package enum LogLevel: String, Comparable, Sendable, CaseIterable {
    /// For whoever works on the program; off in service.
    case debug
    /// What the program did, in the operator's words.
    case info
    /// Something failed that the program will repeat or can do without.
    case warning
    /// Something failed for good, and somebody should look.
    case error

    private var rank: Int {
        switch self {
        case .debug: 0
        case .info: 1
        case .warning: 2
        case .error: 3
        }
    }

    package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }
}
