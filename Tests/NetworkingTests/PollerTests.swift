import Glibc
import Synchronization
import Testing

@testable import Networking

struct PollerTests {
    @Test func `events carry the tokens of their descriptors until they are used up`() throws {
        let poller = try Poller()
        let pairs = try (0..<3).map { _ in try Pair() }
        for (index, pair) in pairs.enumerated() {
            try poller.watch(pair.near, for: .reading, token: UInt64(index))
        }
        #expect(try poller.wait(atMost: .zero) == 0)
        pairs[0].send()
        pairs[2].send()
        for _ in 0..<2 {
            let count = try poller.wait(atMost: nil)
            let events = (0..<count).map { poller.event($0) }
            #expect(Set(events.map(\.token)) == [0, 2])
            #expect(events.allSatisfy { $0.readiness == .readable })
        }
    }

    @Test func `a batch may be full, and the rest comes with the next`() throws {
        let poller = try Poller(batchMax: 2)
        let pairs = try (0..<3).map { _ in try Pair() }
        for (index, pair) in pairs.enumerated() {
            try poller.watch(pair.near, for: .reading, token: UInt64(index))
            pair.send()
        }
        var tokens: Set<UInt64> = []
        for _ in 0..<2 {
            let count = try poller.wait(atMost: nil)
            #expect(count == 2)
            for index in 0..<count { tokens.insert(poller.event(index).token) }
        }
        #expect(tokens == [0, 1, 2])
    }

    @Test func `what is watched can be changed and ended`() throws {
        let poller = try Poller()
        let pair = try Pair()
        try poller.watch(pair.near, for: .reading, token: 1)
        try poller.change(pair.near, to: .writing, token: UInt64.max)
        #expect(try poller.wait(atMost: nil) == 1)
        #expect(poller.event(0).token == .max)
        #expect(poller.event(0).readiness == .writable)
        poller.unwatch(pair.near)
        #expect(try poller.wait(atMost: .zero) == 0)
    }

    @Test func `a peer that is gone is reported`() throws {
        let poller = try Poller()
        let near: Int32
        do {
            let pair = try Pair()
            near = dup(pair.near)
            try poller.watch(near, for: .reading, token: 1)
        }
        let owner = Descriptor(owning: near)
        #expect(try poller.wait(atMost: nil) == 1)
        #expect(poller.event(0).readiness.isGone)
        #expect(owner.number == near)
    }

    @Test(arguments: [Duration.nanoseconds(1), .microseconds(200), .milliseconds(3)])
    func `waiting ends, and not before its time`(patience: Duration) throws {
        let poller = try Poller()
        let start = MonotonicTime.now
        #expect(try poller.wait(atMost: patience) == 0)
        #expect(MonotonicTime.now - start >= patience)
    }

    @Test func `a descriptor that cannot be watched is an error`() throws {
        let poller = try Poller()
        #expect(throws: SystemError(call: "epoll_ctl", code: EBADF)) {
            try poller.watch(-1, for: .reading, token: 0)
        }
    }

    @Test func `timers are sharpened for the calling thread`() async throws {
        let text = Mutex("")
        let thread = try LoopThread.start(name: "slack") {
            LoopThread.sharpenTimers()
            var buffer = [UInt8](repeating: 0, count: 32)
            guard let file = fopen("/proc/thread-self/timerslack_ns", "r") else { return }
            let count = fread(&buffer, 1, buffer.count, file)
            fclose(file)
            text.withLock { $0 = String(decoding: buffer.prefix(count), as: UTF8.self) }
        }
        await thread.finished()
        // Not every kernel shows it.
        #expect(["1\n", ""].contains(text.withLock { $0 }))
    }
}

/// Two connected sockets.
private final class Pair {
    let near: Int32
    private let far: Int32

    init() throws {
        var pair: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0 else {
            throw SystemError(call: "socketpair", code: errno)
        }
        (near, far) = (pair[0], pair[1])
    }

    deinit {
        close(near)
        close(far)
    }

    func send() { #expect(write(far, "x", 1) == 1) }
}
