import Glibc
import HTTP
import Networking

/// One event loop's share of the server: its connections and what they have in common. Moves to
/// its thread when that starts and never leaves it.
final class ServerLoop {
    /// Bytes read at once. Larger bodies take several reads, between which others get their turn.
    static let readBytesMax = 65_536
    /// Room kept for the next response: all but lists and dashboards fit.
    private static let responseBytesKept = 65_536

    let events: EventLoop
    let router: Router
    let limits: ServerLimits
    let onDiagnostic: HTTPServer.Diagnostic
    let occupancy: Occupancy
    let proxies: TrustedProxies
    /// Nil where TLS is not spoken.
    private let tls: CurrentTLS?
    private var tlsAcceptor: TLSAcceptor?
    private var connections: [ConnectionID: Connection] = [:]
    /// Handlers whose client has left, and how large a body each still holds. They keep their
    /// connection's place: otherwise clients that come and go could start handlers without end.
    private var abandoned: [ConnectionID: Int] = [:]
    private var lastID: UInt64 = 0
    private var acceptor: Acceptor?
    private(set) var isDraining = false
    private var isFinished = false
    private var dateText = ""
    private var dateSecond = -1
    private let readBuffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: ServerLoop.readBytesMax, alignment: 1)
    /// Who has a place of the reserve, in the order of coming.
    private var reserved: [ConnectionID] = []
    /// Where responses are put together; empty between them.
    var responseBuffer: [UInt8] = []

    /// How other threads, and handlers' tasks, reach this loop.
    private(set) lazy var mailbox = events.makeMailbox(of: LoopMessage.self) { [unowned self] in
        receive($0)
    }

    init(
        router: Router, limits: ServerLimits, occupancy: Occupancy, tls: CurrentTLS?,
        proxies: TrustedProxies, onDiagnostic: @escaping HTTPServer.Diagnostic
    ) throws(SystemError) {
        events = try EventLoop()
        self.router = router
        self.limits = limits
        self.occupancy = occupancy
        self.tls = tls
        self.proxies = proxies
        self.onDiagnostic = onDiagnostic
        events.onBatch = { [meters = occupancy.meters] in meters.batches.record($0) }
    }

    deinit { readBuffer.deallocate() }

    /// Makes this the loop that accepts, for itself and for the others in turn.
    func accept(
        from listener: TCPListener, for mailboxes: [Mailbox<LoopMessage>]
    ) throws(SystemError) {
        acceptor = try Acceptor(
            listener: listener, loop: self, occupancy: occupancy, mailboxes: mailboxes)
    }

    /// Serves until it was drained.
    func run() {
        do {
            try events.run { !isFinished }
        } catch {
            onDiagnostic("loopFailed", ["error": "\(error)"])
        }
        acceptor?.stop()
        closeAll()
    }

    // MARK: Connections

    /// Serves a connection that was given a place.
    func adopt(descriptor: Int32, remoteAddress: String) {
        guard
            let connection = makeConnection(
                descriptor: descriptor, remoteAddress: remoteAddress, isReserved: false)
        else { return occupancy.leave() }
        if isDraining { connection.drain() }
    }

    /// Serves a client for whom no place is free: on that of one who has been silent for long, or
    /// else on one of the reserve, where the longest there makes room.
    ///
    /// Only this loop's own connections are asked: all loops have as many, and to give one up
    /// takes no more than this.
    func adoptInsteadOfAnother(descriptor: Int32, remoteAddress: String) {
        if closeLongestSilent(), occupancy.enter() {
            return adopt(descriptor: descriptor, remoteAddress: remoteAddress)
        }
        guard makeRoomInReserve() else {
            occupancy.meters.reserve.refuse()
            close(descriptor)
            return
        }
        let connection = makeConnection(
            descriptor: descriptor, remoteAddress: remoteAddress, isReserved: true)
        guard let connection else { return }
        reserved.append(connection.id)
        occupancy.meters.reserve.enter()
        // Usually it has asked already: before the next one can take its place.
        connection.handle(.readable)
    }

    private func closeLongestSilent() -> Bool {
        let silent = connections.values.filter { $0.isSilent && !$0.isReserved }
        guard let longest = silent.min(by: { $0.stageBegin < $1.stageBegin }),
            events.now - longest.stageBegin > limits.silenceKept
        else { return false }
        longest.close()
        return true
    }

    private func makeRoomInReserve() -> Bool {
        guard reserved.count >= limits.connectionsReservedMax else { return true }
        // First who was answered and has not left, then who has not asked.
        let candidates = reserved.compactMap { connections[$0] }
        let leaving =
            candidates.first { $0.stage == .lingering }
            ?? candidates.first { $0.stage.isAwaitingRequest }
        leaving?.close()
        return leaving != nil
    }

    /// A connection is over, and its handler too.
    private func leavePlace(of id: ConnectionID) {
        guard let index = reserved.firstIndex(of: id) else { return occupancy.leave() }
        reserved.remove(at: index)
        occupancy.meters.reserve.leave()
    }

    private func makeConnection(
        descriptor: Int32, remoteAddress: String, isReserved: Bool
    ) -> Connection? {
        lastID += 1
        let socket = TCPSocket(owning: descriptor)
        do {
            let connection = try Connection(
                id: ConnectionID(number: lastID),
                stream: ClientStream(socket, tls: try tlsStream(over: socket, to: remoteAddress)),
                remoteAddress: remoteAddress, isReserved: isReserved, loop: self)
            connections[connection.id] = connection
            return connection
        } catch {
            onDiagnostic("connectionNotWatched", ["error": "\(error)"])
            return nil
        }
    }

    private func tlsStream(
        over socket: TCPSocket, to client: String
    ) throws(TLSError) -> TLSStream? {
        guard let tls else { return nil }
        if tlsAcceptor == nil { tlsAcceptor = try TLSAcceptor() }
        return try tlsAcceptor?.stream(over: socket.descriptor, with: client, by: tls.current)
    }

    /// Called by a connection when it has closed.
    func remove(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        if connection.isHandlerRunning {
            abandoned[connection.id] = connection.bodyBytesTaken
            return
        }
        occupancy.giveBack(bodyBytes: connection.bodyBytesTaken)
        leavePlace(of: connection.id)
        finishIfDrained()
    }

    // MARK: Messages

    private func receive(_ message: LoopMessage) {
        switch message {
        case .adopt(let descriptor, let remoteAddress):
            adopt(descriptor: descriptor, remoteAddress: remoteAddress)
        case .answer(let id, let response):
            if let connection = connections[id] {
                connection.answer(response)
                return
            }
            response.stream?.release()
            if let bodyBytes = abandoned.removeValue(forKey: id) {
                occupancy.giveBack(bodyBytes: bodyBytes)
                leavePlace(of: id)
                finishIfDrained()
            }
        case .moreToStream(let id):
            connections[id]?.takeMoreToStream()
        case .stopAccepting(let limit):
            acceptor?.drain(limit: limit)
        case .drain(let limit):
            drain(limit: limit)
        }
    }

    private func drain(limit: Duration) {
        guard !isDraining else { return }
        isDraining = true
        for connection in connections.values { connection.drain() }
        _ = events.schedule(at: events.now + limit) { [unowned self] in closeAll() }
        finishIfDrained()
    }

    private func closeAll() {
        for connection in connections.values { connection.close() }
        // Their answers will find no loop, and so nobody else to leave for them.
        for (id, bodyBytes) in abandoned {
            occupancy.giveBack(bodyBytes: bodyBytes)
            leavePlace(of: id)
        }
        abandoned = [:]
        isFinished = true
    }

    private func finishIfDrained() {
        if isDraining, connections.isEmpty, abandoned.isEmpty { isFinished = true }
    }

    // MARK: What connections share

    /// Lends the read buffer, which is the same for all connections.
    func read(
        from stream: ClientStream, bytesMax: Int, into queue: inout ByteQueue
    ) throws(ClientStream.Broken) -> TCPSocket.ReadOutcome {
        let room = UnsafeMutableRawBufferPointer(rebasing: readBuffer.prefix(bytesMax))
        let outcome = try stream.read(into: room)
        if case .bytes(let count) = outcome {
            queue.append(UnsafeRawBufferPointer(rebasing: room.prefix(count)))
        }
        return outcome
    }

    /// Gives back what a rare large response took.
    func trimResponseBuffer() {
        if responseBuffer.capacity > Self.responseBytesKept { responseBuffer = [] }
    }

    /// The text of the `Date` field, made once a second.
    var date: String {
        let second = time(nil)
        if second != dateSecond {
            dateSecond = second
            dateText = HTTPDate.text(unixSeconds: second)
        }
        return dateText
    }
}
