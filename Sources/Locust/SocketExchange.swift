import Glibc
import HTTP
import Networking

/// One request to a master: connects, sends, and reads the answer.
///
/// Until the first byte of the request is offered to the connection any failure means that nothing
/// has happened; from then on it is unknown.
final class SocketExchange: EventHandler {
    private enum Stage {
        case connecting
        /// Of TLS.
        case handshake
        case exchanging
        case over
    }

    /// How long one address is tried where there is another: it may be of a network that leads
    /// nowhere. The last one has all the time of the call.
    static let addressTimeMax = Duration.seconds(2)
    /// How long the rest of an answer is waited for where only its beginning is wanted: it may have
    /// no end, and its status is known.
    static let bodyTimeMax = Duration.seconds(1)

    private let order: SocketLoop.Order
    private unowned let loop: SocketLoop
    private var stage = Stage.connecting
    private var address: SocketAddress
    private var addressesLeft: ArraySlice<SocketAddress>
    private var socket: TCPSocket?
    private var tls: TLSStream?
    private var registration: EventLoop.Registration?
    private var interest: Interest = []
    private var timer: TimerID?
    private var sentCount = 0
    private var parser = ResponseParser()
    private var answer = AnswerCollector()

    init(_ order: SocketLoop.Order, on loop: SocketLoop) {
        self.order = order
        self.loop = loop
        address = order.addresses[0]
        addressesLeft = order.addresses[...]
    }

    /// Answers who waits. The first end counts.
    func end(_ outcome: SocketLoop.Outcome) {
        guard stage != .over else { return }
        stage = .over
        disconnect()
        loop.forget(order.id)
        order.continuation.resume(returning: outcome)
    }

    func handle(_ readiness: Readiness) {
        switch stage {
        case .connecting: finishConnecting()
        case .handshake: shakeHands()
        case .exchanging: exchange()
        case .over: break
        }
    }

    // MARK: Connecting

    /// Tries the next address.
    func connect() {
        disconnect()
        stage = .connecting
        guard let address = addressesLeft.popFirst() else {
            return end(.failure(.unreachable("the host has no address")))
        }
        self.address = address
        do throws(SystemError) {
            let connection = try OutgoingConnection(to: address)
            let isEstablished = connection.isEstablished
            let socket = TCPSocket(owning: connection.takeSocket().release())
            self.socket = socket
            interest = .writing
            registration = try loop.events.watch(
                socket.descriptor, for: interest, handler: self)
            if isEstablished { return begin() }
        } catch {
            return failToConnect(error)
        }
        guard !addressesLeft.isEmpty else { return }
        timer = loop.events.schedule(at: .now + Self.addressTimeMax) { [weak self] in
            self?.timer = nil
            self?.connect()
        }
    }

    private func finishConnecting() {
        guard let socket else { return }
        do throws(SystemError) {
            try UnownedSocket(socket.descriptor).finishConnecting(to: address)
            begin()
        } catch {
            failToConnect(error)
        }
    }

    private func failToConnect(_ error: SystemError) {
        guard addressesLeft.isEmpty else { return connect() }
        end(
            .failure(
                .unreachable(error.code == ECONNREFUSED ? "connection refused" : error.description))
        )
    }

    /// The connection stands.
    private func begin() {
        if let timer { loop.events.cancel(timer) }
        timer = nil
        guard order.target.isSecure, let socket else {
            stage = .exchanging
            return exchange()
        }
        stage = .handshake
        do throws(TLSError) {
            tls = try loop.tlsContext(order.tls).stream(
                over: socket.descriptor, to: TLSServerName(order.target.host))
            shakeHands()
        } catch {
            end(.failure(.unreachable(Self.words(for: error))))
        }
    }

    private func shakeHands() {
        guard let tls else { return }
        do throws(TLSError) {
            switch try tls.handshake() {
            case .wantsRead: want(.reading)
            case .wantsWrite: want(.writing)
            case .complete:
                stage = .exchanging
                exchange()
            }
        } catch {
            end(.failure(.unreachable(Self.words(for: error))))
        }
    }

    /// What is to be done about it differs, so that a cluster's error says what it is.
    private static func words(for error: TLSError) -> String {
        switch error.cause {
        case .settings: "the TLS settings cannot be used: \(error)"
        case .untrustedPeer:
            "its certificate is not trusted: \(error); caFile, of a cluster tls.caFile, names who "
                + "vouches for it"
        case .refusedByPeer: "it refuses TLS with us: \(error)"
        case .closed, .system, .plainHTTP, .brokenProtocol: "TLS was not agreed on: \(error)"
        }
    }

    private func disconnect() {
        if let timer { loop.events.cancel(timer) }
        timer = nil
        if let registration { loop.events.unwatch(registration) }
        registration = nil
        tls?.sayFarewell()
        // The stream before the socket, which must outlive it.
        tls = nil
        socket = nil
    }

    private func want(_ wanted: Interest) {
        guard wanted != interest, let registration else { return }
        do throws(SystemError) {
            try loop.events.change(registration, to: wanted)
            interest = wanted
        } catch {
            end(.failure(.lost(error.description)))
        }
    }

    // MARK: The exchange

    /// Sends what can be sent and reads what is there. TLS may want to read in order to write and
    /// the other way round, so each readiness is good for both.
    private func exchange() {
        do throws(SocketFailure) {
            let writing = try send()
            let reading = try receive()
            guard stage == .exchanging else { return }
            want(writing.union(reading))
        } catch {
            guard order.bodyBytesMax == nil || !parser.isHeadComplete else { return endEarly() }
            end(.failure(.lost(error.reason)))
        }
    }

    /// Returns what has to be waited for, to go on sending.
    private func send() throws(SocketFailure) -> Interest {
        while sentCount < order.request.count {
            let outcome = try write()
            guard case .bytes(let count) = outcome else {
                return outcome == .wantsRead ? .reading : .writing
            }
            sentCount += count
        }
        return []
    }

    /// Returns what has to be waited for, to go on reading.
    private func receive() throws(SocketFailure) -> Interest {
        while stage == .exchanging {
            let outcome = try loop.withBuffer { buffer throws(SocketFailure) in
                let outcome = try read(into: buffer)
                if case .bytes(let count) = outcome {
                    try take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                }
                return outcome
            }
            switch outcome {
            case .bytes: break
            case .wantsRead: return .reading
            case .wantsWrite: return .writing
            case .endOfStream: try finish()
            }
        }
        return []
    }

    private func take(_ bytes: UnsafeRawBufferPointer) throws(SocketFailure) {
        do throws(MessageError) {
            _ = try parser.consume(bytes.bindMemory(to: UInt8.self).span, showing: &answer)
        } catch {
            throw SocketFailure(reason: "the answer is not HTTP: \(error.rawValue)")
        }
        if let enough = order.bodyBytesMax, answer.bodyBytes > enough { return endEarly() }
        if answer.isTooLarge { return end(.failure(.tooLarge)) }
        if let onContent = order.onContent, parser.isHeadComplete, parser.status == 200 {
            let content = answer.takeBody()
            if !content.isEmpty { onContent(content) }
        }
        if parser.isComplete { return end(.success(answer.answer(status: parser.status))) }
        if order.bodyBytesMax != nil, parser.isHeadComplete, timer == nil { limitBody() }
    }

    private func limitBody() {
        timer = loop.events.schedule(at: .now + Self.bodyTimeMax) { [weak self] in
            self?.timer = nil
            self?.endEarly()
        }
    }

    /// Takes the answer as it is: its status is known, and of its body only the beginning wanted.
    private func endEarly() { end(.success(answer.answer(status: parser.status))) }

    /// The master has closed the connection, which may be how it marks the end of the answer.
    private func finish() throws(SocketFailure) {
        do throws(MessageError) {
            try parser.end()
        } catch {
            throw SocketFailure(reason: "it was closed before the end of the answer")
        }
        end(.success(answer.answer(status: parser.status)))
    }

    private func write() throws(SocketFailure) -> TLSStream.WriteOutcome {
        guard let socket else { return .wantsWrite }
        do {
            return try order.request.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sentCount...])
                if let tls { return try tls.write(rest) }
                return switch try socket.write(rest) {
                case .bytes(let count): .bytes(count)
                case .wouldBlock: .wantsWrite
                }
            }
        } catch {
            throw SocketFailure(reason: "\(error)")
        }
    }

    private func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SocketFailure) -> TLSStream.ReadOutcome {
        guard let socket else { return .endOfStream }
        do {
            if let tls { return try tls.read(into: buffer) }
            return switch try socket.read(into: buffer) {
            case .bytes(let count): .bytes(count)
            case .wouldBlock: .wantsRead
            case .endOfStream: .endOfStream
            }
        } catch {
            throw SocketFailure(reason: "\(error)")
        }
    }
}

/// A connection that broke, of whichever kind it was.
private struct SocketFailure: Error {
    let reason: String
}
