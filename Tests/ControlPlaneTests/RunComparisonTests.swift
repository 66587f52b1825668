import Testing
import Thresholds

@testable import ControlPlane

struct RunComparisonTests {
    private let scene = ComparedScene()

    @Test func `each number of each endpoint is told with its interval`() async throws {
        let known = [try await scene.run(), try await scene.run(), try await scene.run()]
        let (before, after) = (try await scene.run(), try await scene.run { $0.ms = 130 })
        let found = try await RunComparison.compare(
            after, with: Baseline([before], history: known), from: scene.store)
        #expect(found.isComparable)
        #expect(found.ignoredSeconds == 3)
        #expect(found.endpoints.map(\.endpoint?.name) == ["/cart"])
        for row in [found.totals] + found.endpoints {
            #expect(row.figures.map(\.measure) == RunComparison.measures)
            #expect(row[.mean]?.finding == .worse)
            #expect(row[.percentile(95)]?.finding == .worse)
            #expect(row[.rps]?.finding == .withinNoise)
            #expect(row[.errorRate]?.finding == .withinNoise)
            // Some 740 responses are too few to know the 99th percentile's noise.
            #expect(row[.percentile(99)]?.finding == .unknown)
            let change = try #require(row[.mean]?.change)
            #expect(abs(change.before - 100) < 3 && abs(change.after - 130) < 4)
            #expect(change.difference.contains(change.after - change.before))
            #expect(change.smallestShown > 0 && change.smallestShown < 20)
        }
        #expect(found.comparisonCount == 10)
        #expect(found.notes.isEmpty)
        var slow: [Run] = []
        for _ in 0..<4 { slow.append(try await scene.run { $0.ms = 130 }) }
        let slower = slow.removeLast()
        let better = try await RunComparison.compare(
            before, with: Baseline([slower], history: [after] + slow), from: scene.store)
        #expect(better.totals[.mean]?.finding == .better)
    }

    @Test func `what differs beside one run is unknown, and why is said`() async throws {
        let (before, after) = (try await scene.run(), try await scene.run { $0.ms = 130 })
        let found = try await scene.compare(after, before)
        let mean = try #require(found.totals[.mean])
        #expect(mean.finding == .unknown && mean.change?.difference.lowerBound ?? 0 > 0)
        #expect(mean.reason?.hasPrefix("only 1 earlier run tells") == true)
        #expect(found.notes == [mean.reason])
        #expect(found.totals[.rps]?.finding == .withinNoise && found.totals[.rps]?.reason == nil)
    }

    @Test func `many runs tell the noise of all requests, and the newest few that of an endpoint`()
        async throws
    {
        var known: [Run] = []
        for ms in [140.0, 60, 103, 98, 102, 97] {
            known.insert(try await scene.run { $0.ms = ms }, at: 0)
        }
        let (before, after) = (try await scene.run(), try await scene.run { $0.ms = 130 })
        let found = try await RunComparison.compare(
            after, with: Baseline([before], history: known), from: scene.store)
        #expect(found.totals[.mean]?.finding == .withinNoise)
        #expect(found.totals[.mean]?.change?.runCount == 7)
        #expect(found.endpoints.first?[.mean]?.finding == .worse)
        #expect(found.endpoints.first?[.mean]?.change?.runCount == 5)
    }

    @Test func `only so many endpoints are compared, those with the most requests`() async throws {
        let (before, after) = (try await scene.run(), try await scene.run())
        let found = try await RunComparison.compare(
            after, with: Baseline([before]), endpointsMax: 0, from: scene.store)
        #expect(found.endpoints.isEmpty && found.endpointsLeftOut == 1)
    }

    @Test func `several runs before tell the noise between them`() async throws {
        var before: [Run] = []
        for ms in [90.0, 100, 110, 95, 105] { before.append(try await scene.run { $0.ms = ms }) }
        let after = try await scene.run { $0.ms = 112 }
        let one = try await scene.compare(after, before[1])
        #expect(one.totals[.mean]?.change?.isBeyondNoise == true)
        let all = try await RunComparison.compare(
            after, with: Baseline(before), from: scene.store)
        #expect(all.totals[.mean]?.finding == .withinNoise)
        #expect(all.notes.isEmpty)
    }

    @Test func `runs of a baseline that cannot be used are left out and named`() async throws {
        let good = try await scene.run()
        let busy = try await scene.run { $0.isBusy = true }
        let hooked = try await scene.run { $0.source = .callback }
        let found = try await scene.compare(try await scene.run(), good, busy, hooked)
        #expect(found.trouble == nil)
        #expect(found.notes.contains { $0.hasPrefix("left out: in run \(busy.id) the generator") })
        #expect(
            found.notes.contains { $0.contains("run \(hooked.id) was measured in another way") })
        #expect(found.totals[.mean]?.finding == .withinNoise)
    }

    @Test func `without histograms only means, errors and rates are compared`() async throws {
        func polled(_ ms: Double) async throws -> Run {
            try await scene.run {
                ($0.source, $0.hasHistograms, $0.ms, $0.seconds) = (.poll, false, ms, 60)
            }
        }
        let found = try await scene.compare(try await polled(200), try await polled(100))
        #expect(found.totals[.percentile(95)]?.finding == .unknown)
        #expect(found.totals[.percentile(95)]?.reason?.contains("histograms") == true)
        #expect(found.totals[.mean]?.change?.isBeyondNoise == true)
        #expect(found.totals[.rps]?.finding == .withinNoise)
    }

    @Test func `what was asked for in another way is told`() async throws {
        let before = try await scene.run { ($0.users, $0.seconds) = (20, 50) }
        let found = try await scene.compare(try await scene.run(), before)
        #expect(!found.isComparable && found.trouble == nil)
        #expect(found.differences.map(\.field) == ["targetUsers", "durationSeconds"])
        #expect(found.differences.map(\.isSerious) == [true, false])
        #expect(found.differences.map(\.words).last == "durationSeconds was 50, is 40")
    }

    @Test func `nothing to compare with is told, and compares nothing`() async throws {
        let run = try await scene.run()
        let found = try await RunComparison.compare(
            run, with: .none("there is none"), from: scene.store)
        #expect(found.trouble == "there is none")
        #expect(found.totals.figures.isEmpty && found.endpoints.isEmpty)
        #expect(!found.isComparable)
    }

    @Test(arguments: [
        ("branch", true), ("b", true), ("a.b_c-9", true), ("", false), ("Branch", false),
        ("9a", false), ("a b", false), (String(repeating: "a", count: 63), true),
        (String(repeating: "a", count: 64), false), ("é", false),
    ])
    func `keys of labels are short and plain`(text: String, isKey: Bool) {
        #expect(RunLabels.isKey(text) == isKey)
    }
}
