import CLinux
import Glibc
import Networking

/// Everything the thread of a `TargetServer` owns.
final class TargetLoop: EventHandler {
    let loop: EventLoop
    let script: TargetServer.Script
    let book: TargetBook
    let waker: Mailbox<Void>
    private let greeting: @Sendable (Int) -> [TargetServer.Step]
    private let listener: Descriptor
    private var connectionCount = 0
    private var peers: [ObjectIdentifier: TargetPeer] = [:]

    init(
        listener: Int32, greeting: @escaping @Sendable (Int) -> [TargetServer.Step],
        script: @escaping TargetServer.Script, book: TargetBook
    ) throws {
        self.listener = Descriptor(owning: listener)
        self.greeting = greeting
        self.script = script
        self.book = book
        loop = try EventLoop()
        waker = loop.makeMailbox { _ in }
    }

    func run(while condition: () -> Bool) throws {
        _ = try loop.watch(listener.number, for: .reading, handler: self)
        try loop.run(while: condition)
        for peer in peers.values { peer.end() }
    }

    func handle(_ readiness: Readiness) {
        while true {
            let number = acceptSocket(listener.number)
            guard number >= 0 else { return }
            let peer = TargetPeer(number, connection: connectionCount, loop: self)
            connectionCount += 1
            peers[ObjectIdentifier(peer)] = peer
            book.note { ledger in
                ledger.connections += 1
                ledger.openConnections += 1
                ledger.openConnectionsMax = max(
                    ledger.openConnectionsMax, ledger.openConnections)
            }
            peer.begin(greeting(peer.connection))
        }
    }

    func forget(_ peer: TargetPeer) {
        guard peers.removeValue(forKey: ObjectIdentifier(peer)) != nil else { return }
        book.note { $0.openConnections -= 1 }
    }

    /// Not inherited by programs that other tests start meanwhile: they would keep it open.
    private func acceptSocket(_ listener: Int32) -> Int32 {
        let flags = Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = accept4(listener, nil, nil, flags)
        guard number >= 0 else { return number }
        var on: Int32 = 1
        setsockopt(
            number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        return number
    }
}

/// One connection of a `TargetLoop`.
final class TargetPeer: EventHandler {
    let connection: Int
    private let descriptor: Int32
    private unowned let owner: TargetLoop
    private var registration: EventLoop.Registration?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var outputStart = 0
    private var steps: [TargetServer.Step] = []
    private var forEver: [UInt8]?
    private var requestCount = 0
    /// The ledger's entry of the request that is being answered.
    private var entry: Int?
    private var isOver = false
    private var isWaiting = false
    private var watchesWriting = false

    init(_ descriptor: Int32, connection: Int, loop: TargetLoop) {
        self.descriptor = descriptor
        self.connection = connection
        owner = loop
    }

    func begin(_ steps: [TargetServer.Step]) {
        // A test whose target cannot watch fails by what is missing.
        registration = try? owner.loop.watch(descriptor, for: .reading, handler: self)
        self.steps = steps
        goOn()
    }

    func end() {
        guard !isOver else { return }
        isOver = true
        if let registration { owner.loop.unwatch(registration) }
        close(descriptor)
        owner.forget(self)
    }

    func handle(_ readiness: Readiness) {
        if readiness.contains(.writable) { goOn() }
        guard !isOver, readiness.contains(.readable) || readiness.isGone else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else {
            if count == 0 || errno != EAGAIN { end() }
            return
        }
        owner.book.note { $0.bytesIn += count }
        input += buffer[..<count]
        goOn()
    }

    /// Does what is to be done, until it has to wait.
    private func goOn() {
        while !isOver, !isWaiting {
            guard flush() else { return }
            if let forEver {
                output = forEver
                continue
            }
            if !steps.isEmpty {
                perform(steps.removeFirst())
            } else {
                finishEntry()
                guard takeRequest() else { return }
            }
        }
    }

    private func perform(_ step: TargetServer.Step) {
        switch step {
        case .send(let bytes):
            if steps.isEmpty, let entry {
                let now = MonotonicTime.now.nanoseconds
                owner.book.note { $0.entries[entry].answering = now }
            }
            output = bytes
        case .sendForEver(let bytes): forEver = bytes
        case .wait(let time): wait(until: .now + time)
        case .waitUntil(let time): wait(until: MonotonicTime(nanoseconds: time))
        case .close:
            finishEntry()
            end()
        case .reset:
            UnownedSocket(descriptor).resetWhenClosed()
            end()
        case .silence: isWaiting = true
        case .stopReading:
            isWaiting = true
            if let registration { owner.loop.unwatch(registration) }
            registration = nil
        }
    }

    private func wait(until time: MonotonicTime) {
        isWaiting = true
        _ = owner.loop.schedule(at: time) { [weak self] in
            guard let self, !self.isOver else { return }
            self.isWaiting = false
            self.goOn()
        }
    }

    private func finishEntry() {
        guard let entry else { return }
        self.entry = nil
        let now = MonotonicTime.now.nanoseconds
        owner.book.note { $0.entries[entry].answered = now }
    }

    /// Returns whether everything was sent.
    private func flush() -> Bool {
        while outputStart < output.count {
            let rest = output[outputStart...]
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count >= 0 else {
                if errno == EAGAIN { watchWriting(true) } else { end() }
                return false
            }
            outputStart += count
            owner.book.note { $0.bytesOut += count }
        }
        (output, outputStart) = ([], 0)
        watchWriting(false)
        return true
    }

    private func watchWriting(_ isWanted: Bool) {
        guard watchesWriting != isWanted, let registration else { return }
        watchesWriting = isWanted
        // As for `begin`.
        try? owner.loop.change(registration, to: isWanted ? [.reading, .writing] : .reading)
    }

    /// Takes one whole request out of the input.
    private func takeRequest() -> Bool {
        guard let headEnd = input.firstRange(of: Array("\r\n\r\n".utf8))?.upperBound else {
            return false
        }
        let head = String(decoding: input[..<headEnd], as: UTF8.self)
        let lines = head.split(separator: "\r\n")
        let length = lines.lazy.compactMap { line -> Int? in
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { return nil }
            return Int(parts[1].drop { $0 == " " })
        }.first
        let bodyByteCount = length ?? 0
        guard input.count >= headEnd + bodyByteCount else { return false }
        input.removeFirst(headEnd + bodyByteCount)
        let words = lines.first?.split(separator: " ") ?? []
        let now = MonotonicTime.now.nanoseconds
        let (method, path) = (String(words.first ?? ""), String(words.dropFirst().first ?? ""))
        let number = owner.book.note { ledger in
            ledger.entries.append(.init(path: path, method: method, arrived: now))
            return ledger.entries.count - 1
        }
        entry = number
        steps = owner.script(
            .init(
                number: number, onConnection: requestCount, connection: connection,
                method: method, path: path, head: head, bodyByteCount: bodyByteCount,
                arrived: now))
        requestCount += 1
        return true
    }
}
