import TestSupport
import Testing

@testable import Metrics

struct RateWindowTests {
    private func rate(_ samples: [(Double, UInt64)], window: Duration = .seconds(10)) -> Double? {
        var rate = RateWindow(window: window)
        for (time, count) in samples { rate.record(at: .seconds(time), count: count) }
        return rate.perSecond
    }

    @Test func `one sample tells no rate, two do`() {
        #expect(rate([]) == nil)
        #expect(rate([(0, 100)]) == nil)
        #expect(rate([(0, 100), (2, 300)]) == 100)
    }

    @Test func `only the window counts`() {
        #expect(rate([(0, 0), (10, 10_000), (15, 10_000), (20, 10_000)]) == 0)
        #expect(rate([(0, 0), (10, 10_000), (15, 10_500), (20, 11_000)]) == 100)
    }

    @Test func `the count at the start of the window is interpolated`() {
        // At 5 s the count was 500; 500 and 900 more came within the 10 s to 15 s.
        #expect(rate([(0, 0), (10, 1000), (15, 1900)]) == 140)
        #expect(rate([(0, 0), (100, 1000)]) == 10)
    }

    @Test func `a repeated or late sample changes nothing`() {
        let samples: [(Double, UInt64)] = [(0, 0), (2, 200), (4, 400)]
        #expect(rate(samples + [(4, 400), (4, 400)]) == 100)
        #expect(rate(samples + [(3, 900), (1, 0), (4, 10)]) == 100)
        #expect(rate(samples + [(4, 440)]) == 110)
    }

    @Test func `a counter that begins again goes on from where it was`() {
        #expect(rate([(0, 1000), (2, 1200), (4, 150), (6, 350)]) == (200 + 150 + 200) / 6.0)
        #expect(rate([(0, 1000), (2, 0)]) == 0)
        #expect(rate([(0, .max), (1, .max - 1), (2, .max)]) == 0)
    }

    @Test func `clocks may start anywhere`() {
        #expect(rate([(-5, 0), (-3, 20)]) == 10)
        #expect(rate([(1e9, 0), (1e9 + 2, 20)]) == 10)
    }

    @Test func `memory is bounded however often one looks, and the rate stays right`() throws {
        var window = RateWindow(window: .seconds(10))
        for look in 0..<20_000 {
            window.record(at: .milliseconds(look * 3), count: UInt64(look * 3))
            #expect(window.sampleCount <= RateWindow.samplesMax)
        }
        let rate = try #require(window.perSecond)
        #expect(abs(rate - 1000) < 1)
    }

    @Test func `random looks never give a negative or infinite rate`() {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<200 {
            var window = RateWindow(window: .milliseconds(Int.random(in: 1...5000, using: &random)))
            for _ in 0..<60 {
                window.record(
                    at: .milliseconds(Int.random(in: 0...10_000, using: &random)),
                    count: UInt64.random(in: 0...(.max), using: &random)
                        >> UInt64.random(in: 0...63, using: &random))
                let rate = window.perSecond ?? 0
                #expect(rate >= 0 && rate.isFinite)
            }
        }
    }
}
