import HTTP
import Networking

/// One client's connection: reads requests, has them answered one by one, and ends in time.
final class Connection: EventHandler {
    /// What is waited for, each for a limited time.
    enum Stage {
        /// TLS to be agreed on. Ends the connection silently after `headTimeMax`.
        case handshake
        /// A request. Left by its first byte; ends the connection silently after `idleTimeMax`.
        case idle
        /// The rest of a head. Answered 408 after `headTimeMax`.
        case head
        /// The rest of a body. Answered 408 after `bodyTimeMax`.
        case body
        /// The handler. It has no limit of its own here; draining does not wait for ever.
        case answering
        /// The client, who does not read as fast as we write. Dropped after `writeTimeMax`.
        case writing
        /// News for the client of a stream, for which there is no limit.
        case streaming
        /// The client of a stream, who does not read as fast as we write. Left when it has taken
        /// all that was offered to it; dropped after `writeTimeMax`.
        case streamWriting
        /// The client, who was told everything and may not have noticed; what it still sends is
        /// thrown away. Closed at the client's end or after `lingerTimeMax`.
        case lingering
        case closed

        /// Of requests.
        var isReceiving: Bool { self == .idle || self == .head || self == .body }
        /// The client has asked for nothing yet.
        var isAwaitingRequest: Bool { self == .handshake || isReceiving }
    }

    let id: ConnectionID
    /// Has one of the places that are kept for what is urgent: for one request, and not for long.
    let isReserved: Bool
    unowned let loop: ServerLoop
    let stream: ClientStream
    let remoteAddress: String

    private(set) var stage: Stage
    /// Since when it is in its stage.
    private(set) var stageBegin: MonotonicTime
    var reader: RequestReader
    var input = ByteQueue()
    /// What the client did not take at once.
    var output = ByteQueue()
    /// The form of the answer that is now being made or written.
    var form = Exchange.Form.unknown
    /// The body that is being made while it is sent.
    var streamed: StreamedBody?
    private(set) var isHandlerRunning = false
    /// What the body of the current request takes of the server's room for bodies.
    private(set) var bodyBytesTaken = 0
    /// The client will send nothing more, but may still be listening.
    var hasInputEnded = false
    /// Will soon, without being told by the poller.
    var readsAgain = false

    private var registration: EventLoop.Registration?
    private var interest = Interest.reading
    private var deadline: MonotonicTime?
    private var timer: (id: TimerID, time: MonotonicTime)?

    init(
        id: ConnectionID, stream: ClientStream, remoteAddress: String, isReserved: Bool,
        loop: ServerLoop
    ) throws(SystemError) {
        self.id = id
        self.isReserved = isReserved
        self.loop = loop
        self.stream = stream
        stage = stream.isSecure ? .handshake : .idle
        self.remoteAddress = remoteAddress
        stageBegin = loop.events.now
        reader = Self.makeReader(
            for: remoteAddress, isSecure: stream.isSecure, on: loop, isReserved: isReserved)
        registration = try loop.events.watch(stream.descriptor, for: .reading, handler: self)
        deadline = timeMax(of: stage).map { loop.events.now + $0 }
        armTimer()
    }

    static func makeReader(
        for remoteAddress: String, isSecure: Bool, on loop: ServerLoop, isReserved: Bool
    ) -> RequestReader {
        RequestReader(
            router: loop.router, limits: loop.limits,
            origin: .init(
                peerAddress: remoteAddress, isSecure: isSecure, proxies: loop.proxies),
            isReserved: isReserved)
    }

    /// Nothing of it would be lost but its place.
    var isSilent: Bool { stage == .handshake || stage == .idle || stage == .head }

    func handle(_ readiness: Readiness) {
        if readiness.isGone { return close() }
        if stage == .handshake {
            shakeHands()
        } else {
            if readiness.meets(stream.interestToWrite) { flush() }
            if readiness.meets(stream.interestToRead) { receive() }
        }
        updateInterest()
    }

    /// Ends what is idle and what has no end of its own, and lets the rest come to its end, which
    /// each answer now announces.
    func drain() {
        if streamed != nil { return endStream() }
        guard stage == .idle else { return }
        // A request may have arrived already; closing on it would be answered with a reset.
        receive()
        if stage == .idle { close() } else { updateInterest() }
    }

    /// Lets go of everything at once.
    func close() {
        guard stage != .closed else { return }
        // An answer that was not sent to its end must not look like a whole one.
        if output.isEmpty, streamed == nil { stream.sayFarewell() }
        stage = .closed
        if let registration { loop.events.unwatch(registration) }
        registration = nil
        if let timer { loop.events.cancel(timer.id) }
        timer = nil
        input.removeAll()
        dropOutput()
        releaseStream()
        loop.remove(self)
    }

    // MARK: What a request takes

    func handlerStarted() { isHandlerRunning = true }
    func handlerFinished() { isHandlerRunning = false }

    /// Takes room for a body that has grown to `byteCount`, if there is any.
    func takeRoom(forBody byteCount: Int) -> Bool {
        guard byteCount > bodyBytesTaken else { return true }
        guard loop.occupancy.take(bodyBytes: byteCount - bodyBytesTaken) else { return false }
        bodyBytesTaken = byteCount
        return true
    }

    func giveRoomBack() {
        guard bodyBytesTaken > 0 else { return }
        loop.occupancy.giveBack(bodyBytes: bodyBytesTaken)
        bodyBytesTaken = 0
    }

    // MARK: Stages and their time

    /// Moves on. Staying where one is does not extend the time.
    func enter(_ new: Stage) {
        guard new != stage, stage != .closed else { return }
        stage = new
        stageBegin = loop.events.now
        deadline = timeMax(of: new).map { loop.events.now + $0 }
        armTimer()
    }

    private func timeMax(of stage: Stage) -> Duration? {
        let limits = loop.limits
        return switch stage {
        case _ where isReserved && stage.isAwaitingRequest: limits.reservedTimeMax
        case .idle: limits.idleTimeMax
        case .handshake, .head: limits.headTimeMax
        case .body: limits.bodyTimeMax
        case .writing, .streamWriting: limits.writeTimeMax
        case .lingering: limits.lingerTimeMax
        case .answering, .streaming, .closed: nil
        }
    }

    /// Deadlines move with every request, timers hardly ever: one that is early looks again.
    private func armTimer() {
        guard let deadline else { return }
        if let timer {
            guard deadline < timer.time else { return }
            loop.events.cancel(timer.id)
        }
        let id = loop.events.schedule(at: deadline) { [unowned self] in timerFired() }
        timer = (id, deadline)
    }

    private func timerFired() {
        timer = nil
        guard let deadline else { return }
        guard deadline <= loop.events.now else { return armTimer() }
        switch stage {
        case .head, .body: refuse(.requestTimeout)
        case .handshake, .idle, .writing, .streamWriting, .lingering: close()
        case .answering, .streaming, .closed: break
        }
    }

    // MARK: Readiness

    /// Asks for what is wanted now. Usually that has not changed and costs nothing.
    func updateInterest() {
        guard let registration else { return }
        var wanted: Interest = []
        if wantsInput {
            wanted.insert(stream.interestToRead)
            if stream.hasMore { readAgainSoon() }
        }
        if !output.isEmpty { wanted.insert(stream.interestToWrite) }
        guard wanted != interest else { return }
        do {
            try loop.events.change(registration, to: wanted)
            interest = wanted
        } catch {
            loop.onDiagnostic("connectionNotWatched", ["error": "\(error)"])
            close()
        }
    }

    private var wantsInput: Bool {
        guard !hasInputEnded else { return false }
        return stage.isAwaitingRequest || stage == .lingering
            || input.count < loop.limits.pipelinedBytesMax
    }
}
