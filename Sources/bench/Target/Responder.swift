import Glibc
import Networking

/// One thread that answers every request alike and counts them. Nothing here is shared, and the
/// table of connections is indexed by descriptor, which the kernel keeps small.
final class Responder {
    struct Counts: Equatable {
        var requests = 0
        var connections = 0
        /// From the first to the last request.
        var elapsed = Duration.zero
    }

    private struct Connection {
        var scanner = RequestScanner()
        /// Counts the uses of this descriptor.
        var generation: UInt32 = 0
        /// Responses due now.
        var owed: UInt32 = 0
        /// Bytes of the current response that are sent.
        var sent = 0
        /// Whether an unfinished line waits in `fragments`.
        var hasFragment = false
        var wantsToWrite = false
    }

    private static let listenerToken = UInt64.max
    private static let stopToken = UInt64.max - 1
    /// Large request bodies are not what is measured; heads are far smaller.
    private static let readBufferBytes = 65_536
    /// The kernel lowers it to its own limit. 10,000 users connect at once.
    private static let backlog: Int32 = 65_535
    /// As much as a line may grow over several reads.
    private static let fragmentBytesMax = 65_536

    private let settings: TargetSettings
    private let listener: TCPListener
    private let poller: Poller
    private let response: ResponseBytes
    private let buffer: UnsafeMutableRawBufferPointer
    private let delayNanoseconds: Int64
    private let stallNanoseconds: (period: Int64, length: Int64)?
    private let readsClock: Bool

    private var table: [Connection] = []
    private var fragments: [Int: [UInt8]] = [:]
    private var held = HeldResponses()
    private var isStopping = false
    private var counts = Counts()
    private var firstNanoseconds: Int64 = 0
    private var lastNanoseconds: Int64 = 0
    private var arrivals: TimeLog?
    private var departures: TimeLog?
    private var accepts: TimeLog?

    var port: Int { listener.port }

    init(_ settings: TargetSettings) throws(SystemError) {
        self.settings = settings
        listener = try TCPListener(host: "127.0.0.1", port: settings.port)
        // Listening again changes only the length of the queue.
        guard listen(listener.descriptor, Self.backlog) == 0 else {
            throw SystemError(call: "listen", code: errno)
        }
        poller = try Poller(batchMax: 512)
        response = ResponseBytes(settings.response)
        buffer = .allocate(byteCount: Self.readBufferBytes, alignment: 64)
        delayNanoseconds = settings.delay.wholeNanoseconds
        stallNanoseconds = settings.stall.map {
            ($0.period.wholeNanoseconds, $0.length.wholeNanoseconds)
        }
        arrivals = settings.arrivalLog == nil ? nil : TimeLog()
        departures = settings.responseLog == nil ? nil : TimeLog()
        accepts = settings.connectionLog == nil ? nil : TimeLog()
        readsClock =
            settings.arrivalLog != nil || settings.stall != nil || settings.delay > .zero
        try poller.watch(listener.descriptor, for: .reading, token: Self.listenerToken)
    }

    deinit { buffer.deallocate() }

    /// Answers until `descriptor` has something to read, or ends.
    func stop(when descriptor: Int32) throws(SystemError) {
        try poller.watch(descriptor, for: .reading, token: Self.stopToken)
    }

    func run() throws -> Counts {
        while !isStopping {
            let before = counts.requests
            let count = try poller.wait(atMost: patience)
            for index in 0..<count { try handle(poller.event(index)) }
            if counts.requests != before {
                lastNanoseconds = MonotonicTime.now.nanoseconds
                if firstNanoseconds == 0 { firstNanoseconds = lastNanoseconds }
            }
            if !held.isEmpty { try releaseHeld(at: MonotonicTime.now.nanoseconds) }
        }
        counts.elapsed = .nanoseconds(lastNanoseconds - firstNanoseconds)
        if let path = settings.arrivalLog { try arrivals?.write(to: path) }
        if let path = settings.responseLog { try departures?.write(to: path) }
        if let path = settings.connectionLog { try accepts?.write(to: path) }
        return counts
    }

    private var patience: Duration? {
        held.earliest.map { .nanoseconds(max(0, $0 - MonotonicTime.now.nanoseconds)) }
    }

    private func handle(_ event: Poller.Event) throws(SystemError) {
        switch event.token {
        case Self.listenerToken: try acceptAll()
        case Self.stopToken: isStopping = true
        case let token:
            let number = Int(token)
            if event.readiness.contains(.writable) { try flush(number) }
            if !event.readiness.isDisjoint(with: [.readable, .gone]) { try read(number) }
        }
    }
}

// MARK: Connections

extension Responder {
    private func acceptAll() throws(SystemError) {
        while true {
            switch listener.accept() {
            case .wouldBlock: return
            case .unable(let error): throw error
            case .accepted(let descriptor, _): try add(descriptor)
            }
        }
    }

    private func add(_ descriptor: Int32) throws(SystemError) {
        let number = Int(descriptor)
        while table.count <= number { table.append(Connection()) }
        table[number] = Connection(generation: table[number].generation &+ 1)
        var on: Int32 = 1
        // Failure means a connection that is gone already, which the first read will say.
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        counts.connections += 1
        accepts?.append(MonotonicTime.now.nanoseconds)
        try poller.watch(descriptor, for: .reading, token: UInt64(number))
    }

    /// A closed descriptor is reported no more, but may be in the batch that is being handled:
    /// reading from it then fails, or finds the next connection empty.
    private func drop(_ number: Int) {
        table[number].generation &+= 1
        if table[number].hasFragment { fragments[number] = nil }
        close(Int32(number))
    }

    private func read(_ number: Int) throws(SystemError) {
        let count: Int
        do {
            switch try UnownedSocket(Int32(number)).read(into: buffer) {
            case .bytes(let bytes): count = bytes
            case .wouldBlock: return
            case .endOfStream: return drop(number)
            }
        } catch {
            // A descriptor that this batch closed already is not ours to close again.
            if error.code != EBADF { drop(number) }
            return
        }
        guard let requests = scan(number, count) else { return drop(number) }
        if requests > 0 { try answer(requests, on: number) }
    }

    /// - Returns: how many requests ended, or nil if there will be no more to understand.
    private func scan(_ number: Int, _ count: Int) -> Int? {
        let bytes = UnsafeRawBufferPointer(rebasing: buffer[..<count])
        // What is wrong with the bytes is of no interest: the connection is closed.
        guard !table[number].hasFragment else { return try? scanFragment(number, bytes) }
        guard let (requests, used) = try? table[number].scanner.scan(bytes) else { return nil }
        if used < count {
            fragments[number] = Array(bytes[used...])
            table[number].hasFragment = true
        }
        return requests
    }

    private func scanFragment(_ number: Int, _ bytes: UnsafeRawBufferPointer) throws -> Int {
        let all = (fragments[number] ?? []) + Array(bytes)
        let (requests, used) = try all.withUnsafeBytes { try table[number].scanner.scan($0) }
        guard all.count - used <= Self.fragmentBytesMax else { throw RequestScanner.Unsupported() }
        fragments[number] = used < all.count ? Array(all[used...]) : nil
        table[number].hasFragment = used < all.count
        return requests
    }
}

// MARK: Responses

extension Responder {
    private func answer(_ requests: Int, on number: Int) throws(SystemError) {
        counts.requests += requests
        guard readsClock else {
            table[number].owed += UInt32(requests)
            return try flush(number)
        }
        let now = MonotonicTime.now.nanoseconds
        if firstNanoseconds == 0 { firstNanoseconds = now }
        for _ in 0..<requests { arrivals?.append(now) }
        let due = dueTime(ofRequestAt: now)
        guard due > now else {
            table[number].owed += UInt32(requests)
            return try flush(number)
        }
        let generation = table[number].generation
        for _ in 0..<requests {
            held.append(.init(dueNanoseconds: due, connection: number, generation: generation))
        }
    }

    private func dueTime(ofRequestAt now: Int64) -> Int64 {
        let due = now + delayNanoseconds
        guard let (period, length) = stallNanoseconds else { return due }
        let phase = (due - firstNanoseconds) % period
        return phase >= period - length ? due + period - phase : due
    }

    private func releaseHeld(at now: Int64) throws(SystemError) {
        while let next = held.popDue(at: now) {
            guard table[next.connection].generation == next.generation else { continue }
            table[next.connection].owed += 1
            try flush(next.connection)
        }
    }

    private func flush(_ number: Int) throws(SystemError) {
        while table[number].owed > 0 {
            let sent = table[number].sent
            if sent == 0 { response.countUp() }
            let outcome: UnownedSocket.WriteOutcome
            do {
                outcome = try UnownedSocket(Int32(number)).write(response.bytes(from: sent))
            } catch {
                return drop(number)
            }
            guard case .bytes(let count) = outcome else {
                return try setWriting(number, true)
            }
            guard sent + count == response.count else {
                table[number].sent = sent + count
                continue
            }
            table[number].sent = 0
            table[number].owed -= 1
            departures?.append(MonotonicTime.now.nanoseconds)
            if settings.response.closes { return drop(number) }
        }
        try setWriting(number, false)
    }

    private func setWriting(_ number: Int, _ wants: Bool) throws(SystemError) {
        guard table[number].wantsToWrite != wants else { return }
        table[number].wantsToWrite = wants
        try poller.change(
            Int32(number), to: wants ? [.reading, .writing] : .reading, token: UInt64(number))
    }
}

extension Duration {
    /// For times that a command line can give.
    fileprivate var wholeNanoseconds: Int64 {
        components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
    }
}
