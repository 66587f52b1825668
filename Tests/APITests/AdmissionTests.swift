import ControlPlane
import HTTP
import JSON
import Metrics
import Synchronization
import TestSupport
import Testing

@testable import API

/// Places, the queue behind them, and what is told to those whom neither takes.
struct AdmissionTests {
    private static let limits = AdmissionClass.Limits(
        activeMax: 2, activeBodyBytesMax: 100, waitingMax: 3, perCallerMax: 4,
        waitMax: .seconds(5), waitToWarn: .seconds(1))

    private let time = ManualTime()
    private let queue = AdmissionQueue("tests", limits)

    /// Requests that stay until they are let go, and what became of each.
    private final class Requests: Sendable {
        let begun = Mutex<[String]>([])
        let refused = Mutex<[String: AdmissionQueue.Refusal]>([:])
        private let done = Mutex<Set<String>>([])

        func finish(_ names: String...) { done.withLock { $0.formUnion(names) } }

        func begin(
            _ name: String, _ caller: String, bodyBytes: Int = 0, _ queue: AdmissionQueue,
            _ time: ManualTime
        ) async {
            do {
                try await queue.admit(
                    caller, bodyBytes: bodyBytes, on: time, refused: \.self
                ) { () async throws(AdmissionQueue.Refusal) in
                    begun.withLock { $0.append(name) }
                    _ = await eventually { done.withLock { $0.contains(name) } }
                }
            } catch {
                refused.withLock { $0[name] = error }
            }
        }

        func hasBegun(_ names: String...) async -> Bool {
            await eventually { begun.withLock { $0 } == names }
        }
    }

    private final class Counts: Sendable {
        let atOnce = Atomic(0)
        let answers = Mutex<[Int: Int]>([:])
    }

    @Test func `as many as there are places begin, as many wait in order, and one more is refused`()
        async throws
    {
        let requests = Requests()
        await withDiscardingTaskGroup { group in
            for (count, name) in ["a", "b", "c", "d", "e"].enumerated() {
                group.addTask { await requests.begin(name, "caller of \(name)", queue, time) }
                let waiting = max(0, count - 1)
                #expect(
                    await eventually {
                        queue.lag.depth == waiting
                            && requests.begun.withLock { $0.count } == min(count + 1, 2)
                    })
            }
            await requests.begin("f", "caller of f", queue, time)
            #expect(requests.refused.withLock { $0 } == ["f": .queueIsFull])
            requests.finish("b")
            #expect(await requests.hasBegun("a", "b", "c"))
            time.advance(by: .seconds(2))
            requests.finish("a", "c", "d", "e")
            #expect(await requests.hasBegun("a", "b", "c", "d", "e"))
        }
        let lag = queue.lag
        #expect(lag.name == "admission.tests")
        #expect(lag.depth == 0 && lag.refused == 1 && lag.served == 5)
        #expect(lag.isBehind)
    }

    @Test func `one caller has no more than its share, and others go on`() async throws {
        let requests = Requests()
        await withDiscardingTaskGroup { group in
            for (count, name) in ["a", "b", "c", "d"].enumerated() {
                group.addTask { await requests.begin(name, "greedy", queue, time) }
                #expect(await eventually { queue.lag.depth == max(0, count - 1) })
                if count < 2 {
                    #expect(await eventually { requests.begun.withLock { $0.count } == count + 1 })
                }
            }
            await requests.begin("e", "greedy", queue, time)
            #expect(requests.refused.withLock { $0 } == ["e": .callerIsFull])
            group.addTask { await requests.begin("f", "modest", queue, time) }
            #expect(await eventually { queue.lag.depth == 3 })
            requests.finish("a", "b", "c", "d", "f")
        }
        #expect(requests.begun.withLock { $0 }.contains("f"))
        // The share is given back.
        requests.finish("g")
        await requests.begin("g", "greedy", queue, time)
        #expect(requests.begun.withLock { $0 }.last == "g")
    }

    @Test func `nobody waits for longer than the limit, and a place given up is given back`()
        async throws
    {
        let requests = Requests()
        await withDiscardingTaskGroup { group in
            group.addTask { await requests.begin("a", "x", bodyBytes: 100, queue, time) }
            #expect(await requests.hasBegun("a"))
            group.addTask { await requests.begin("large", "x", bodyBytes: 1, queue, time) }
            #expect(await eventually { queue.lag.depth == 1 && time.sleeperCount == 1 })
            time.advance(by: .seconds(4))
            group.addTask { await requests.begin("none", "x", queue, time) }
            #expect(await eventually { queue.lag.depth == 2 && time.sleeperCount == 2 })
            time.advance(by: .seconds(1))
            // The one in front gives up, and the one behind needs no room for a body.
            #expect(await requests.hasBegun("a", "none"))
            requests.finish("a", "none")
        }
        #expect(requests.refused.withLock { $0 } == ["large": .waitedTooLong])
        #expect(queue.lag.depth == 0)
    }

    @Test func `bodies together stay below their limit, and one alone may be above`() async throws {
        let requests = Requests()
        await withDiscardingTaskGroup { group in
            group.addTask { await requests.begin("huge", "x", bodyBytes: 1_000, queue, time) }
            #expect(await requests.hasBegun("huge"))
            group.addTask { await requests.begin("small", "x", bodyBytes: 60, queue, time) }
            #expect(await eventually { queue.lag.depth == 1 })
            requests.finish("huge")
            #expect(await requests.hasBegun("huge", "small"))
            group.addTask { await requests.begin("next", "x", bodyBytes: 40, queue, time) }
            #expect(await requests.hasBegun("huge", "small", "next"))
            requests.finish("small", "next")
        }
    }

    @Test func `no order of coming and going loses a place`() async throws {
        var random = SeededGenerator(seed: 11)
        let plans = (0..<400).map { index in
            (
                caller: "caller \(Int.random(in: 0..<6, using: &random))",
                bytes: Int.random(in: 0...120, using: &random),
                yields: Int.random(in: 0...40, using: &random), index: index
            )
        }
        let counts = Counts()
        await withDiscardingTaskGroup { group in
            for plan in plans {
                group.addTask {
                    for _ in 0..<plan.yields { await Task.yield() }
                    // Who is refused is counted by the queue.
                    try? await queue.admit(
                        plan.caller, bodyBytes: plan.bytes, on: time, refused: \.self
                    ) { () async throws(AdmissionQueue.Refusal) in
                        #expect(counts.atOnce.add(1, ordering: .relaxed).newValue <= 2)
                        await Task.yield()
                        counts.atOnce.subtract(1, ordering: .relaxed)
                    }
                }
            }
        }
        let lag = queue.lag
        #expect(lag.depth == 0 && lag.served + lag.refused == plans.count)
        let requests = Requests()
        requests.finish("last")
        await requests.begin("last", "caller 1", bodyBytes: 100, queue, time)
        #expect(requests.begun.withLock { $0 } == ["last"])
    }

    @Test func `refusals are problems that say when to come again`() throws {
        for kind in AdmissionClass.allCases {
            for (refusal, status, code) in [
                (AdmissionQueue.Refusal.callerIsFull, 429, "tooManyRequests"),
                (.queueIsFull, 503, "overloaded"), (.waitedTooLong, 503, "overloaded"),
            ] {
                let problem = Problem(refusal, kind)
                #expect(problem.status == status && problem.code == code)
                let seconds = try #require(Int(problem.headers["Retry-After"] ?? ""))
                #expect(Admission.retryAfterSeconds.contains(seconds))
            }
        }
    }

    @Test func `what is decoded at once has a stated limit`() {
        #expect(Admission.decodedBytesMax < 300 << 20)
        for kind in AdmissionClass.allCases {
            let limits = kind.limits
            #expect(limits.perCallerMax < limits.activeMax + limits.waitingMax)
        }
    }

    @Test func `every route but the cheapest has its class, and stops are urgent`() {
        for route in Routes.all {
            let isStop =
                route.path.hasSuffix("/stop")
                || route.path == "/v1/emergency-stop" && route.method == "POST"
            #expect(route.isUrgent == (isStop || route.path == "/health"))
            #expect((route.admission == .stops) == isStop)
            #expect((route.admission == .callbacks) == route.path.hasPrefix("/v1/callbacks/"))
            let isCheap = route.isOfPage || ["/health", "/openapi.json"].contains(route.path)
            #expect((route.admission == nil) == isCheap, "\(route.path)")
            // What has no body is refused one without decoding.
            #expect(route.body == nil || route.admission != .reads)
        }
    }

    @Test func `a flood of callbacks and reads neither delays nor refuses a stop`() async throws {
        let service = try TestService()
        let run = try await service.startRun()
        try await service.begin(run)
        let counts = Counts()
        try await withThrowingDiscardingTaskGroup { group in
            for index in 0..<600 {
                group.addTask {
                    let answer =
                        index.isMultiple(of: 2)
                        ? try await service.ask(
                            "POST", "/v1/callbacks/metrics",
                            .callback(run, sequence: Int64(2 + index)), as: .callback)
                        : try await service.ask("GET", "/v1/runs?limit=100", as: .administrator)
                    counts.answers.withLock { $0[answer.status, default: 0] += 1 }
                    if [429, 503].contains(answer.status) {
                        #expect(answer.header("Retry-After") != nil)
                    }
                }
            }
            for _ in 0..<5 {
                let stop = try await service.ask("POST", "/v1/runs/\(run)/stop", as: .operator)
                #expect([200, 202].contains(stop.status))
            }
        }
        #expect(counts.answers.withLock { $0[500] } == nil)
        #expect(
            service.services.admission.lags().first { $0.name == "admission.stops" }?.refused == 0)
    }
}
