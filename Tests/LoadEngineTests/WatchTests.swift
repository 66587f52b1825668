import TestSupport
import Testing

@testable import LoadEngine

/// Rules over what was counted.
struct WatchTests {
    private static func second(_ requests: Int, failed: Int) -> LoadStatistics {
        var statistics = LoadStatistics(endpointCount: 2)
        for index in 0..<requests {
            let endpoint = index % 2
            if index < failed {
                statistics.endpoints[endpoint].recordFailure(.reset, "x")
            } else {
                statistics.endpoints[endpoint].recordResponse(
                    status: 200, latency: 1_000, serviceTime: nil, firstByte: 500)
            }
        }
        return statistics
    }

    @Test func `a rule looks back on its window and no further`() {
        var watch = FailureWatch(
            StopRule(failurePercentMax: 10, window: .seconds(3), requestsMin: 20))
        #expect(watch.fault(after: Self.second(10, failed: 10)) == nil, "too few to judge")
        #expect(watch.fault(after: Self.second(90, failed: 0)) == nil, "10 of 100 is allowed")
        let fault = watch.fault(after: Self.second(1, failed: 1))
        #expect(fault == "11 of 101 requests failed within 3 s, more than 10.0 %")
        #expect(watch.fault(after: Self.second(0, failed: 0)) == nil, "the first second is gone")
    }

    @Test func `silence and the smallest window justify nothing wrong`() {
        var silent = FailureWatch(
            StopRule(failurePercentMax: 0, window: .zero, requestsMin: 0))
        #expect(silent.fault(after: Self.second(0, failed: 0)) == nil)
        #expect(silent.fault(after: Self.second(5, failed: 0)) == nil)
        #expect(silent.fault(after: Self.second(5, failed: 1)) != nil)
    }

    @Test func `a generator that is the limit says so`() {
        var watch = GeneratorWatch()
        var busy = LoadStatistics(endpointCount: 0)
        busy.transport.cpuNanoseconds = 980
        busy.transport.threadNanoseconds = 1_000
        var idle = busy
        idle.transport.cpuNanoseconds = 100
        let none = LoadStatistics(endpointCount: 1)
        #expect(watch.warnings(about: none).isEmpty)
        watch.note(idle)
        watch.note(busy)
        #expect(watch.warnings(about: none).isEmpty, "half of the time is not most")
        watch.note(busy)
        #expect(watch.warnings(about: none) == [.processorBusy(share: 0.98)])
    }

    @Test func `what was late, dropped or exhausted is a warning each`() {
        var total = LoadStatistics(endpointCount: 1)
        total.transport.lateness.record(999, count: 1_000)
        #expect(GeneratorWatch().warnings(about: total).isEmpty)
        total.transport.lateness.record(5_000, count: 100)
        total.transport.delayed = 1
        total.transport.dropped = 3
        total.transport.portsExhausted = 4
        total.transport.socketsExhausted = 5
        let late = GeneratorWarning.sendsLate(
            p99Microseconds: total.transport.lateness.percentile(99))
        #expect(
            GeneratorWatch().warnings(about: total) == [
                late, .arrivalsDelayed(1), .arrivalsDropped(3), .portsExhausted(4),
                .socketsExhausted(5),
            ])
        // What is little beside the response times changes nothing that they say.
        for _ in 0..<200 {
            total.endpoints[0].recordResponse(
                status: 200, latency: 60_000_000, serviceTime: nil, firstByte: 1)
        }
        let warnings = GeneratorWatch().warnings(about: total)
        #expect(warnings == [.arrivalsDropped(3), .portsExhausted(4), .socketsExhausted(5)])
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `statistics add up in any grouping`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parts = (0..<4).map { _ in Self.anything(using: &random) }
        var left = parts[0]
        for part in parts.dropFirst() { left.merge(part) }
        var right = parts[2]
        right.merge(parts[3])
        var middle = parts[1]
        middle.merge(right)
        var grouped = parts[0]
        grouped.merge(middle)
        #expect(Self.text(left) == Self.text(grouped))
        var withNothing = LoadStatistics(endpointCount: 2)
        withNothing.merge(left)
        #expect(Self.text(withNothing) == Self.text(left))
        #expect(left.total.requests == parts.reduce(0) { $0 + $1.total.requests })
        #expect(left.total.failures == left.total.failuresByKind.reduce(0) { $0 + $1.count })
    }

    private static func anything(using random: inout SeededGenerator) -> LoadStatistics {
        var statistics = LoadStatistics(endpointCount: 2)
        for _ in 0..<Int.random(in: 0..<40, using: &random) {
            let endpoint = Int.random(in: 0..<2, using: &random)
            if random.chance(30) {
                let kind = random.pick(FailureKind.allCases)
                statistics.endpoints[endpoint].recordFailure(
                    kind, "\(Int.random(in: 0..<100, using: &random))")
            } else {
                statistics.endpoints[endpoint].recordResponse(
                    status: Int.random(in: 200..<1_000, using: &random),
                    latency: Int64.random(in: -5..<9_000_000_000, using: &random),
                    serviceTime: random.chance(50) ? 7_000 : nil, firstByte: 3_000)
            }
            statistics.endpoints[endpoint].bytesIn += 10
            statistics.endpoints[endpoint].bytesOut += 20
            statistics.transport.lateness.record(UInt64.random(in: 0..<5_000, using: &random))
            statistics.transport.resends += 1
        }
        return statistics
    }

    /// Everything in it, in an order of its own.
    private static func text(_ statistics: LoadStatistics) -> [String] {
        statistics.endpoints.map { endpoint in
            "\(endpoint.requests) \(endpoint.failures) \(endpoint.bytesIn) \(endpoint.bytesOut)"
                + " \(endpoint.redirects) \(endpoint.latency.encoded())"
                + " \(endpoint.serviceTime.encoded()) \(endpoint.firstByte.encoded())"
                + " \(endpoint.statuses) \(endpoint.failuresByKind)"
                + " \(endpoint.examples.sorted { $0.key.rawValue < $1.key.rawValue })"
        } + ["\(statistics.transport.resends) \(statistics.transport.lateness.encoded())"]
    }
}
