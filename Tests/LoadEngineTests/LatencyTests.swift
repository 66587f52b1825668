import Metrics
import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// Response times against the truth: the target's own log of when it answered, on the same clock.
///
/// What lies between the target's answer and the engine's look at the clock is the machine's
/// doing. The engine measures it itself, as the length of its rounds and as the lateness of its
/// sends, so no tolerance here depends on how fast or how busy the machine is.
@Suite(.serialized, .timeLimit(.minutes(3)))
struct LatencyTests {
    private static let shares = [50.0, 75, 90, 95, 99, 99.9]

    /// Each arrival has a path of its own, so that the target's log tells its number.
    private static func plan(
        _ target: TargetServer, rate: Double, seconds: Double, usersMax: Int
    ) -> LoadPlan {
        let count = Int(rate * seconds)
        let origin = Origin(target)
        let requests = (0..<count).map {
            Call(path: "/\($0)").plan(endpoint: 0, [origin])
        }
        let program = RequestProgram(
            endpoints: [EndpointName(method: "GET", name: "all")], origins: [origin],
            requests: requests, flow: .rotation)
        return LoadPlan(
            program: program, model: .rate(rate, usersMax: usersMax),
            limits: LoadLimits(duration: .seconds(seconds), drain: .seconds(60)))
    }

    /// Exact percentiles by the nearest rank.
    private static func percentile(_ values: [Int64], _ share: Double) -> Double {
        let rank = Int((share / 100 * Double(values.count) - 1e-9).rounded(.up))
        return Double(values.sorted()[max(1, rank) - 1])
    }

    /// What the log says at the least (until the answer was about to be sent) and at the most
    /// (until it was sent), from `start` on, in nanoseconds.
    private struct Truth {
        var least: [Int64] = []
        var most: [Int64] = []

        init(_ entries: [TargetLedger.Entry], from start: (Int, TargetLedger.Entry) -> Int64) {
            for entry in entries {
                guard let number = Int(entry.path.dropFirst()) else { continue }
                let began = start(number, entry)
                least.append(entry.answering - began)
                most.append(entry.answered - began)
            }
        }
    }

    /// The longest that the engine may have looked away.
    private static func lag(_ report: LoadReport) -> Double {
        let transport = report.total.transport
        return Double(transport.loopLag.max + transport.lateness.max) * 1e3
    }

    private static func check(_ times: Histogram, _ truth: Truth, lag: Double) {
        #expect(Int(times.count) == truth.least.count)
        for share in shares {
            let reported = Double(times.percentile(share)) * 1e3
            let (least, most) = (percentile(truth.least, share), percentile(truth.most, share))
            // Recorded in whole microseconds, which rounds down by less than one.
            #expect(reported >= least - 1_000, "p\(share): \(reported) < \(least)")
            #expect(reported <= (most + lag) * 1.001 + 1_000, "p\(share): \(reported) > \(most)")
        }
    }

    @Test func `an open model's latencies are those of the target's log`() async throws {
        let target = try TargetServer { exchange in
            // Known delays: 0 to 99 ms, and 300 ms for one of a hundred.
            let number = Int(exchange.path.dropFirst()) ?? 0
            let delay = number % 100 == 99 ? 300 : number % 100
            return [.waitUntil(exchange.arrived + Int64(delay) * 1_000_000), .ok]
        }
        var start: Int64 = 0
        let plan = Self.plan(target, rate: 500, seconds: 2.5, usersMax: 400)
        let run = try await load(plan) { run, _ in start = run.startTime.nanoseconds }
        expectEqualCounts(run, target)
        #expect(run.report.requests == 1_250)
        let truth = Truth(target.ledger.entries) { number, _ in
            start + Int64(number) * 2_000_000
        }
        let lag = Self.lag(run.report)
        Self.check(run.report.total.total.latency, truth, lag: lag)
        // From the real start: at most what it took from there to the target's look at its clock.
        let service = Truth(target.ledger.entries) { _, entry in entry.arrived }
        let times = run.report.total.total.serviceTime
        for share in Self.shares {
            #expect(
                Double(times.percentile(share)) * 1e3 >= Self.percentile(service.least, share)
                    - 1_000)
            #expect(times.percentile(share) <= run.report.total.total.latency.percentile(share))
        }
    }

    /// Silent from 1 s to 1.6 s after its first request.
    private static func stallingTarget() throws -> TargetServer {
        let first = FirstTime()
        return try TargetServer { exchange in
            let since = exchange.arrived - first.note(exchange.arrived)
            let isStalled = since >= 1_000_000_000 && since < 1_600_000_000
            return isStalled
                ? [.waitUntil(exchange.arrived + 1_600_000_000 - since), .ok] : [.ok]
        }
    }

    @Test func `the open model shows a stall that the closed model hides`() async throws {
        let open = try Self.stallingTarget()
        var start: Int64 = 0
        let plan = Self.plan(open, rate: 500, seconds: 3, usersMax: 10)
        let run = try await load(plan) { run, _ in start = run.startTime.nanoseconds }
        expectEqualCounts(run, open)
        #expect(run.report.requests == 1_500)
        #expect(run.report.dropped == 0)
        let truth = Truth(open.ledger.entries) { number, _ in start + Int64(number) * 2_000_000 }
        let all = run.report.total.total
        Self.check(all.latency, truth, lag: Self.lag(run.report))
        // A fifth of the arrivals is meant for the stall: evenly 0 to 600 ms.
        let stall: UInt64 = 600_000
        #expect(all.latency.percentile(99) > stall * 9 / 10)
        #expect(all.latency.percentile(90) > stall * 4 / 10)
        #expect(run.report.total.transport.delayed > 200)
        // Ten requests of 1,500 were on their way in it; the others waited for a connection, and
        // by their own clock nothing ever was wrong.
        #expect(all.serviceTime.count == all.latency.count)
        #expect(all.serviceTime.percentile(90) < all.latency.percentile(90) / 2)
        #expect(all.serviceTime.max > stall * 8 / 10)

        let closed = try Self.stallingTarget()
        let users = LoadModel.users(10, thinkTime: .constant(.milliseconds(10)))
        let hidden = try await load(
            LoadPlan(at: [Origin(closed)], users, duration: .seconds(3)))
        expectEqualCounts(hidden, closed)
        let times = hidden.report.total.total.latency
        #expect(times.max > stall * 8 / 10)
        #expect(times.percentile(95) < stall / 2)
        #expect(hidden.report.total.total.serviceTime == times)
    }

    @Test func `a closed model's latencies are those of the target's log`() async throws {
        let target = try TargetServer { exchange in
            [.waitUntil(exchange.arrived + Int64(exchange.number % 50) * 1_000_000), .ok]
        }
        let run = try await load(LoadPlan(at: [Origin(target)], .users(10), requests: 800))
        expectEqualCounts(run, target)
        let least = target.ledger.entries.map { $0.answering - $0.arrived }
        let times = run.report.total.total.latency
        for share in Self.shares {
            #expect(
                Double(times.percentile(share)) * 1e3 >= Self.percentile(least, share) - 1_000)
        }
        // The sum over a user of its times is at most the time that it was there.
        #expect(
            times.mean * Double(times.count) <= run.report.elapsed.seconds * 1e6 * 10 + 1e6 * 10)
    }
}
