import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// What supervision promises while nothing else in the process gets a thread.
@Suite(.serialized)
struct SupervisionExecutorTests {
    @Test func `deadlines and stops hold while every shared thread is blocked`() async throws {
        let executor = SupervisionExecutor()
        let (store, first, second) = (MemoryRunStore(), FakeCluster(), FakeCluster())
        let orchestrators = [("c1", first), ("c2", second)].map { id, cluster in
            Orchestrator(
                catalog: .sample(clusters: [id]), store: store, drivers: cluster,
                hosts: FakeHosts(),
                settings: SupervisionSettings(), time: SystemTime(),
                logger: Logger(sink: MemorySink()), executor: executor)
        }
        try await withThrowingDiscardingTaskGroup { group in
            for orchestrator in orchestrators { group.addTask { await orchestrator.run() } }
            for (orchestrator, id, seconds) in [
                (orchestrators[0], "planned", 4.0), (orchestrators[1], "stopped", 600.0),
            ] {
                _ = try await orchestrator.start(
                    RunRequest(
                        id: RunID(id), loadTestID: nil, spec: .sample(tenant: "tenant-1"),
                        plan: RunPlan(targetUsers: 1, spawnRate: 1, durationSeconds: seconds)),
                    by: "ci")
            }
            #expect(await eventually { first.isLoaded && second.isLoaded })

            let crowd = Crowd()
            let canary = await crowd.whileBlockingAllThreads {
                let canary = Mutex(false)
                Task.detached { canary.withLock { $0 = true } }
                Task.detached(executorPreference: executor) { [orchestrator = orchestrators[1]] in
                    try await orchestrator.stop(RunID("stopped"), in: .everything, by: "anna")
                }
                Crowd.wait { !first.orders.filter { $0 == .stop(RunID("planned")) }.isEmpty }
                Crowd.wait { !second.orders.filter { $0 == .stop(RunID("stopped")) }.isEmpty }
                return canary.withLock { $0 }
            }
            #expect(!canary, "the shared threads were not all blocked")
            #expect(first.orders.contains(.stop(RunID("planned"))))
            #expect(second.orders.contains(.stop(RunID("stopped"))))
            let lag = executor.deadlines.lag()
            print("deadline noticed \(lag.longestWait) late with every shared thread blocked")
            #expect(lag.served == 1)
            group.cancelAll()
        }
    }
}

/// Tasks that hold every thread which tasks share.
private struct Crowd: Sendable {
    /// Of each priority, as each has threads of its own; the library adds threads where some
    /// block, up to twice the cores.
    private static let countOfEach = 64
    private static let priorities: [TaskPriority] = [.high, .medium, .low, .background]

    /// Runs `body` on a thread of its own while all others are held, and lets them go after it.
    func whileBlockingAllThreads(_ body: @escaping @Sendable () -> Bool) async -> Bool {
        let gate = DispatchSemaphore(value: 0)
        let count = Self.countOfEach * Self.priorities.count
        return await withCheckedContinuation { continuation in
            for priority in Self.priorities {
                for _ in 0..<Self.countOfEach {
                    Task.detached(priority: priority) { Self.block(on: gate) }
                }
            }
            Thread.detachNewThread {
                let result = body()
                for _ in 0..<count { gate.signal() }
                continuation.resume(returning: result)
            }
        }
    }

    private static func block(on gate: DispatchSemaphore) { gate.wait() }

    /// Waits on a plain thread; only a failing test waits for the whole limit.
    static func wait(_ condition: () -> Bool) {
        let end = ContinuousClock.now + .seconds(30)
        while !condition(), ContinuousClock.now < end { usleep(2_000) }
    }
}
