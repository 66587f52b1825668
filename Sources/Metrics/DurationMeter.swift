import Synchronization

/// Counts durations under fixed bounds, for figures that add up over machines. Any thread may
/// tell it; that costs a few statements under a lock that nobody holds for longer.
package final class DurationMeter: Sendable {
    /// From half a millisecond, below which nothing of ours is worth a look, to half a minute,
    /// beyond which all callers have given up.
    package static let usualBounds: [Duration] = [
        .microseconds(500), .milliseconds(1), .microseconds(2_500), .milliseconds(5),
        .milliseconds(10), .milliseconds(25), .milliseconds(50), .milliseconds(100),
        .milliseconds(250), .milliseconds(500), .seconds(1), .milliseconds(2_500), .seconds(5),
        .seconds(10), .seconds(30),
    ]

    package let bounds: [Duration]
    private let counts: Mutex<DurationCounts>

    /// - Parameter bounds: rising; what is longer than the last is counted, too.
    package init(_ bounds: [Duration] = DurationMeter.usualBounds) {
        self.bounds = bounds
        counts = Mutex(DurationCounts(bounds))
    }

    package func record(_ duration: Duration) {
        let index = bounds.firstIndex { duration <= $0 } ?? bounds.count
        counts.withLock { $0.add(duration, at: index) }
    }

    package var snapshot: DurationCounts { counts.withLock { $0 } }
}

/// What a `DurationMeter` has counted.
package struct DurationCounts: Equatable, Sendable {
    package let bounds: [Duration]
    /// Of each bound those that are at most it and above the one before; behind them the rest.
    package private(set) var counts: [UInt64]
    package private(set) var sum = Duration.zero

    init(_ bounds: [Duration]) {
        self.bounds = bounds
        counts = [UInt64](repeating: 0, count: bounds.count + 1)
    }

    package var total: UInt64 { counts.reduce(0, &+) }

    mutating func add(_ duration: Duration, at index: Int) {
        counts[index] &+= 1
        sum += duration
    }
}
