import Testing

@testable import Metrics

struct DurationMeterTests {
    @Test func `a duration counts under the first bound that it does not exceed`() {
        let meter = DurationMeter([.milliseconds(1), .seconds(1)])
        for duration in [Duration.zero, .milliseconds(1), .milliseconds(2), .seconds(2)] {
            meter.record(duration)
        }
        #expect(meter.snapshot.counts == [2, 1, 1])
        #expect(meter.snapshot.total == 4)
        #expect(meter.snapshot.sum == .milliseconds(2_003))
    }

    @Test func `names beyond the limit are counted together`() {
        let meters = DurationMeters()
        for number in 0..<DurationMeters.namesMax { meters.record(.zero, of: "\(number)") }
        #expect(meters.snapshots.count == DurationMeters.namesMax)
        meters.record(.zero, of: "one more")
        meters.record(.zero, of: "and another")
        meters.record(.zero, of: "0")
        #expect(meters.snapshots["other"]?.total == 2)
        #expect(meters.snapshots["0"]?.total == 2)
    }
}
