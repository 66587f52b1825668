import Glibc
import HTTP
import Networking

/// One event loop's share of the server: its connections and what they have in common. Moves to
/// its thread when that starts and never leaves it.
final class ServerLoop {
    /// Bytes read at once. Larger bodies take several reads, between which others get their turn.
    private static let readBytesMax = 65_536
    /// Room kept for the next response: all but lists and dashboards fit.
    private static let responseBytesKept = 65_536

    let events: EventLoop
    let router: Router
    let limits: ServerLimits
    let onDiagnostic: HTTPServer.Diagnostic
    let occupancy: Occupancy
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
        byteCount: readBytesMax, alignment: 1)
    /// Where responses are put together; empty between them.
    var responseBuffer: [UInt8] = []

    /// How other threads, and handlers' tasks, reach this loop.
    private(set) lazy var mailbox = events.makeMailbox(of: LoopMessage.self) { [unowned self] in
        receive($0)
    }

    init(
        router: Router, limits: ServerLimits, occupancy: Occupancy,
        onDiagnostic: @escaping HTTPServer.Diagnostic
    ) throws(SystemError) {
        events = try EventLoop()
        self.router = router
        self.limits = limits
        self.occupancy = occupancy
        self.onDiagnostic = onDiagnostic
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
                descriptor: descriptor, remoteAddress: remoteAddress, isCounted: true)
        else { return occupancy.leave() }
        if isDraining { connection.drain() }
    }

    /// Tells a client for whom there is no place.
    func refuse(descriptor: Int32, remoteAddress: String) {
        let connection = makeConnection(
            descriptor: descriptor, remoteAddress: remoteAddress, isCounted: false)
        connection?.refuse(.tooManyConnections)
    }

    private func makeConnection(
        descriptor: Int32, remoteAddress: String, isCounted: Bool
    ) -> Connection? {
        lastID += 1
        let socket = TCPSocket(owning: descriptor)
        do {
            let connection = try Connection(
                id: ConnectionID(number: lastID), socket: socket, remoteAddress: remoteAddress,
                isCounted: isCounted, loop: self)
            connections[connection.id] = connection
            return connection
        } catch {
            onDiagnostic("connectionNotWatched", ["error": "\(error)"])
            return nil
        }
    }

    /// Called by a connection when it has closed.
    func remove(_ connection: Connection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        if connection.isHandlerRunning {
            abandoned[connection.id] = connection.bodyBytesTaken
            return
        }
        occupancy.giveBack(bodyBytes: connection.bodyBytesTaken)
        if connection.isCounted { occupancy.leave() } else { acceptor?.refusedConnectionClosed() }
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
            } else if let bodyBytes = abandoned.removeValue(forKey: id) {
                occupancy.giveBack(bodyBytes: bodyBytes)
                occupancy.leave()
                finishIfDrained()
            }
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
        for bodyBytes in abandoned.values {
            occupancy.giveBack(bodyBytes: bodyBytes)
            occupancy.leave()
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
        from socket: TCPSocket, bytesMax: Int, into queue: inout ByteQueue
    ) throws(SystemError) -> TCPSocket.ReadOutcome {
        let room = UnsafeMutableRawBufferPointer(rebasing: readBuffer.prefix(bytesMax))
        let outcome = try socket.read(into: room)
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
