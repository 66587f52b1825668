import Glibc
import Synchronization
import Testing

@testable import Networking

struct EventLoopTests {
    @Test func `messages of other threads are received in order on the loop's thread`() async throws
    {
        let received = Mutex<[Int]>([])
        let loop = try EventLoop()
        let state = LoopState()
        let mailbox = loop.makeMailbox(of: Int.self) { message in
            state.thread = pthread_self()
            received.withLock { $0.append(message) }
            if message == 999 { state.isDone = true }
        }
        let thread = try LoopThread.start(name: "test") {
            // A loop that fails leaves messages unreceived, which is checked below.
            try? loop.run { !state.isDone }
        }
        for number in 0..<1_000 { #expect(mailbox.post(number)) }
        await thread.finished()
        #expect(received.withLock { $0 } == Array(0..<1_000))
        #expect(!mailbox.post(1))
    }

    @Test func `messages posted while the loop sleeps wake it each time`() async throws {
        let (answers, continuation) = AsyncStream.makeStream(of: Int.self)
        let loop = try EventLoop()
        let state = LoopState()
        let mailbox = loop.makeMailbox(of: Int.self) { message in
            continuation.yield(message)
            if message == 50 { state.isDone = true }
        }
        // A loop that fails answers no more, and the test's time runs out.
        let thread = try LoopThread.start(name: "test") { try? loop.run { !state.isDone } }
        var iterator = answers.makeAsyncIterator()
        for number in 1...50 {
            mailbox.post(number)
            #expect(await iterator.next() == number)
        }
        await thread.finished()
    }

    @Test func `timers fire once, in the order of their deadlines, unless cancelled`() throws {
        let loop = try EventLoop()
        let state = LoopState()
        let start = MonotonicTime.now
        _ = loop.schedule(at: start + .milliseconds(3)) { state.log.append("late") }
        _ = loop.schedule(at: start + .milliseconds(6)) { state.isDone = true }
        let cancelled = loop.schedule(at: start + .milliseconds(2)) { state.log.append("never") }
        _ = loop.schedule(at: start + .milliseconds(1)) {
            state.log.append("early")
            loop.cancel(cancelled)
        }
        try loop.run { !state.isDone }
        #expect(state.log == ["early", "late"])
        #expect(MonotonicTime.now - start >= .milliseconds(6))
    }

    @Test func `a timer that sets itself again at once does not hold the loop`() throws {
        let loop = try EventLoop()
        let state = LoopState()
        func again() {
            state.count += 1
            _ = loop.schedule(at: loop.now) { again() }
        }
        again()
        try loop.run { state.count < 5 }
        #expect(state.count == 5)
    }

    @Test func `readiness is reported until it is used up, and not after unwatching`() throws {
        let loop = try EventLoop()
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let near = Descriptor(owning: pair[0])
        let far = Descriptor(owning: pair[1])
        let handler = CountingHandler()
        let registration = try loop.watch(near.number, for: .reading, handler: handler)
        #expect(write(far.number, "x", 1) == 1)
        try loop.run { handler.readiness.count < 3 }
        #expect(handler.readiness.allSatisfy { $0.contains(.readable) })

        try loop.change(registration, to: .writing)
        try loop.run { handler.readiness.count < 4 }
        #expect(handler.readiness.last?.contains(.writable) == true)

        loop.unwatch(registration)
        let state = LoopState()
        _ = loop.schedule(at: .now + .milliseconds(1)) { state.isDone = true }
        try loop.run { !state.isDone }
        #expect(handler.readiness.count == 4)
        #expect(near.number != far.number)  // Both stay open until here.
    }

    @Test func `events taken before their descriptor was unwatched are dropped`() throws {
        let loop = try EventLoop()
        var pair: [Int32] = [0, 0]
        #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        let near = Descriptor(owning: pair[0])
        let far = Descriptor(owning: pair[1])
        let (first, second) = (CountingHandler(), CountingHandler())
        let registrations = [
            try loop.watch(near.number, for: .writing, handler: first),
            try loop.watch(far.number, for: .writing, handler: second),
        ]
        // Both are ready in one batch; whichever is first ends the other's watch.
        first.action = { loop.unwatch(registrations[1]) }
        second.action = { loop.unwatch(registrations[0]) }
        try loop.run { first.readiness.count + second.readiness.count == 0 }
        #expect(first.readiness.count + second.readiness.count == 1)
        #expect(near.number != far.number)  // Both stay open until here.
    }

    @Test func `a descriptor that cannot be watched is an error`() throws {
        let loop = try EventLoop()
        #expect(throws: SystemError(call: "epoll_ctl", code: EBADF)) {
            _ = try loop.watch(-1, for: .reading, handler: CountingHandler())
        }
    }
}

/// What closures of one loop share.
private final class LoopState {
    var isDone = false
    var count = 0
    var log: [String] = []
    var thread: pthread_t?
}

private final class CountingHandler: EventHandler {
    var readiness: [Readiness] = []
    var action: () -> Void = {}

    func handle(_ readiness: Readiness) {
        self.readiness.append(readiness)
        action()
    }
}
