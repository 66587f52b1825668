import Synchronization

/// A `DurationMeter` for each name, made when it is first told of.
///
/// Names come from the code, not from callers; what comes beyond `namesMax` is counted under
/// `other` all the same, so that a mistake costs no memory.
package final class DurationMeters: Sendable {
    /// Twice the kinds of statement that the store has.
    package static let namesMax = 128

    private let bounds: [Duration]
    private let meters = Mutex<[String: DurationMeter]>([:])

    package init(_ bounds: [Duration] = DurationMeter.usualBounds) { self.bounds = bounds }

    package func record(_ duration: Duration, of name: String) {
        let meter = meters.withLock { meters in
            if let known = meters[name] { return known }
            let name = meters.count < Self.namesMax ? name : "other"
            let meter = meters[name] ?? DurationMeter(bounds)
            meters[name] = meter
            return meter
        }
        meter.record(duration)
    }

    /// By name.
    package var snapshots: [String: DurationCounts] {
        meters.withLock { $0 }.mapValues(\.snapshot)
    }
}
