import Foundation

/// The connections of a proxy; stays on the proxy's thread.
struct FaultPump {
    private struct Piece {
        let bytes: ArraySlice<UInt8>
        let due: ContinuousClock.Instant
    }

    /// One direction of a connection.
    private struct Stream {
        var waiting: [Piece] = []
        /// Kept only where somebody wants to hear of it.
        var passedOn: [UInt8] = []
        var isAtEnd = false
        var hasToldEnd = false
    }

    private struct Connection {
        let client: Int32
        let server: Int32
        var asking = Stream()
        var answering = Stream()
        var isBroken = false
    }

    /// How late a change of the mode, or a piece of data that was delayed, may be noticed.
    private static let turnMilliseconds: Int32 = 10
    private static let pieceBytesMax = 16_384

    private let listener: Int32
    private let heard: FaultProxy.Listener?
    private var connections: [Connection] = []
    /// Taken in while nothing is passed on; reset when that ends.
    private var swallowed: [Int32] = []

    init(listener: Int32, heard: FaultProxy.Listener?) {
        (self.listener, self.heard) = (listener, heard)
    }

    mutating func turn(_ mode: FaultProxy.Mode, upstream: UInt16) {
        waitForWork(mode)
        accept(mode, upstream)
        if mode != .blackHole {
            for client in swallowed { Sockets.reset(client) }
            swallowed = []
        }
        if mode == .reset {
            for index in connections.indices { connections[index].isBroken = true }
        }
        if mode != .blackHole {
            for index in connections.indices where !connections[index].isBroken {
                work(&connections[index], mode)
            }
        }
        for connection in connections where connection.isBroken {
            close(connection, reset: true)
        }
        for connection in connections where !connection.isBroken && Self.isDone(connection) {
            close(connection, reset: false)
        }
        connections.removeAll { $0.isBroken || Self.isDone($0) }
    }

    mutating func end() {
        for connection in connections { close(connection, reset: true) }
        for client in swallowed { Sockets.reset(client) }
        Glibc.close(listener)
    }

    private func waitForWork(_ mode: FaultProxy.Mode) {
        var waits = [pollfd(fd: listener, events: Int16(POLLIN), revents: 0)]
        if mode != .blackHole {
            for connection in connections {
                // At the end of a stream it would always be ready.
                if !connection.asking.isAtEnd {
                    waits.append(pollfd(fd: connection.client, events: Int16(POLLIN), revents: 0))
                }
                if !connection.answering.isAtEnd {
                    waits.append(pollfd(fd: connection.server, events: Int16(POLLIN), revents: 0))
                }
            }
        }
        _ = poll(&waits, nfds_t(waits.count), Self.turnMilliseconds)
    }

    private mutating func accept(_ mode: FaultProxy.Mode, _ upstream: UInt16) {
        while let client = Sockets.accept(at: listener) {
            guard mode != .blackHole else {
                swallowed.append(client)
                continue
            }
            guard mode != .reset, upstream != 0, let server = Sockets.connect(to: upstream) else {
                Sockets.reset(client)
                continue
            }
            connections.append(Connection(client: client, server: server))
        }
    }

    private func work(_ connection: inout Connection, _ mode: FaultProxy.Mode) {
        let now = ContinuousClock.now
        var due = now
        if case .delay(let delay) = mode { due += delay }
        let hasRead =
            Self.read(connection.client, into: &connection.asking, due: due)
            && Self.read(connection.server, into: &connection.answering, due: due)
        if mode == .swallowAnswers { connection.answering.waiting = [] }
        let hasWritten =
            write(&connection.asking, to: connection.server, now)
            && (mode == .swallowAnswers
                || write(&connection.answering, to: connection.client, now))
        connection.isBroken = !hasRead || !hasWritten
    }

    /// - Returns: whether the connection still holds.
    private static func read(
        _ socket: Int32, into stream: inout Stream, due: ContinuousClock.Instant
    ) -> Bool {
        guard !stream.isAtEnd else { return true }
        var bytes = [UInt8](repeating: 0, count: pieceBytesMax)
        let count = recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        if count > 0 { stream.waiting.append(Piece(bytes: bytes.prefix(count), due: due)) }
        if count == 0 { stream.isAtEnd = true }
        return count >= 0 || errno == EAGAIN || errno == EINTR
    }

    private func write(
        _ stream: inout Stream, to socket: Int32, _ now: ContinuousClock.Instant
    ) -> Bool {
        while let piece = stream.waiting.first, piece.due <= now {
            let count = piece.bytes.withUnsafeBytes {
                send(
                    socket, $0.baseAddress, $0.count,
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            guard count >= 0 else { return errno == EAGAIN || errno == EINTR }
            stream.waiting.removeFirst()
            if heard != nil { stream.passedOn += piece.bytes.prefix(count) }
            let rest = piece.bytes.dropFirst(count)
            if !rest.isEmpty { stream.waiting.insert(Piece(bytes: rest, due: piece.due), at: 0) }
        }
        if stream.isAtEnd, stream.waiting.isEmpty, !stream.hasToldEnd {
            stream.hasToldEnd = true
            shutdown(socket, Int32(SHUT_WR))
        }
        return true
    }

    private static func isDone(_ connection: Connection) -> Bool {
        connection.answering.hasToldEnd
    }

    private func close(_ connection: Connection, reset: Bool) {
        heard?(connection.asking.passedOn, connection.answering.passedOn)
        if reset { Sockets.reset(connection.client) } else { Glibc.close(connection.client) }
        Glibc.close(connection.server)
    }
}
