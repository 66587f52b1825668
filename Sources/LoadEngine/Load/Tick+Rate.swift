extension Tick {
    /// Arrivals a second of one thread up to which each has its own wake-up by default. Above,
    /// sockets wake the thread about as often anyway, and the tick only bounds the worst case.
    static let exactRateMax = 20_000.0
    static let automaticNanoseconds: Int64 = 100_000

    /// How far arrivals are put off to share a wake-up; 0 for not at all.
    ///
    /// - Parameter rate: the most arrivals a second of the thread.
    func nanoseconds(rate: Double) -> Int64 {
        switch self {
        case .exact: 0
        case .every(let tick): tick.nanoseconds
        case .automatic: rate <= Self.exactRateMax ? 0 : Self.automaticNanoseconds
        }
    }
}
