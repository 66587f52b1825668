import Testing

@testable import Metrics

struct LagMeterTests {
    private let start = ContinuousClock.now

    @Test func `a meter knows what is inside, what waited longest and what was turned away`() {
        let meter = LagMeter("calls", waitMax: .seconds(1))
        meter.enter()
        meter.enter()
        meter.leave()
        meter.refuse()
        meter.record(.milliseconds(900), at: start)
        meter.record(.milliseconds(20), at: start)
        let lag = meter.lag(at: start)
        #expect(
            lag
                == QueueLag(
                    name: "calls", depth: 1, longestWait: .milliseconds(900), refused: 1,
                    served: 2, waitMax: .seconds(1)))
        #expect(!lag.isBehind)
        meter.record(.milliseconds(1_001), at: start)
        #expect(meter.lag(at: start).isBehind)
    }

    @Test func `a longest wait is remembered for a whole window, and for less than three`() {
        let meter = LagMeter("calls", waitMax: .zero)
        meter.record(.seconds(5), at: start)
        for seconds in [1, 30, 59, 61, 100, 119] {
            #expect(meter.lag(at: start + .seconds(seconds)).longestWait == .seconds(5))
        }
        #expect(meter.lag(at: start + .seconds(185)).longestWait == .zero)
    }

    @Test func `a wait of long ago is not taken for one of the last window`() {
        let meter = LagMeter("calls", waitMax: .zero)
        meter.record(.seconds(5), at: start)
        #expect(meter.lag(at: start + .seconds(1_000)).longestWait == .zero)
    }

    @Test func `asking changes nothing for whoever asks next`() {
        let meter = LagMeter("calls", waitMax: .zero)
        meter.record(.seconds(5), at: start)
        #expect(meter.lag(at: start) == meter.lag(at: start))
    }
}
