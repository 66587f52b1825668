import Logging
import Metrics
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

struct QueueWatchTests {
    /// A queue whose figures a test sets.
    private final class Queue: Sendable {
        private let lag = Mutex(QueueLag(name: "q", depth: 0, longestWait: .zero, waitMax: .zero))

        var now: QueueLag { lag.withLock { $0 } }

        func set(depth: Int = 0, wait: Duration, refused: Int = 0) {
            lag.withLock {
                $0 = QueueLag(
                    name: "q", depth: depth, longestWait: wait, refused: refused,
                    waitMax: .milliseconds(500))
            }
        }
    }

    /// Lets the watch look once a second for as long.
    private func watching(_ body: (ManualTime, MemorySink, Queue) async throws -> Void)
        async throws
    {
        let (time, sink, queue) = (ManualTime(), MemorySink(), Queue())
        queue.set(wait: .zero)
        let watch = QueueWatch(
            [{ [queue.now] }], time: time, logger: Logger(level: .debug, sink: sink))
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask { await watch.run() }
            try await body(time, sink, queue)
            group.cancelAll()
        }
    }

    private func pass(_ seconds: Int, _ time: ManualTime) async {
        for _ in 0..<seconds {
            #expect(await eventually { time.sleeperCount == 1 })
            time.advance(by: .seconds(1))
        }
        #expect(await eventually { time.sleeperCount == 1 })
    }

    @Test func `a queue that is behind is named at once, and not again within the minute`()
        async throws
    {
        try await watching { time, sink, queue in
            await pass(2, time)
            queue.set(depth: 7, wait: .milliseconds(501), refused: 3)
            await pass(5, time)
            let warnings = sink.lines.filter { $0.contains("queue behind") }
            #expect(warnings.count == 1)
            #expect(warnings.first?.contains(#""depth":7"#) == true)
            #expect(warnings.first?.contains(#""waitMs":501"#) == true)
            await pass(60, time)
            #expect(sink.lines.filter { $0.contains("queue behind") }.count == 2)
        }
    }

    @Test func `a minute's figures keep the worst of it, quietly where nothing waited`()
        async throws
    {
        try await watching { time, sink, queue in
            await pass(60, time)
            let quiet = sink.lines.filter { $0.contains(#""queues""#) }
            #expect(quiet.count == 1 && quiet[0].contains(#""debug""#))
            queue.set(depth: 4, wait: .milliseconds(300), refused: 2)
            await pass(1, time)
            queue.set(wait: .zero, refused: 2)
            await pass(59, time)
            let loud = sink.lines.filter { $0.contains(#""queues""#) }.dropFirst()
            #expect(loud.count == 1)
            for part in [#""info""#, #""q.waitMs":300"#, #""q.depth":4"#, #""q.refused":2"#] {
                #expect(loud.first?.contains(part) == true, "\(part) in \(loud)")
            }
            await pass(60, time)
            #expect(sink.lines.last { $0.contains(#""queues""#) }?.contains(#""debug""#) == true)
        }
    }
}
