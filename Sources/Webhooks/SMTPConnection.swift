import Glibc
import Networking

/// A connection to a mail server, on a thread of its own that it may block until `deadline`. Not
/// Sendable: it belongs to that thread.
final class SMTPConnection {
    private static let readBytesMax = 4_096

    private let host: String
    private let deadline: ContinuousClock.Instant
    private let socket: TCPSocket
    private let context: TLSContext?
    private var tls: TLSStream?
    private var replies = SMTPReplyReader()

    /// Connects to the first address that answers.
    init(_ settings: SMTPSettings, until deadline: ContinuousClock.Instant) throws(SMTPFailure) {
        host = settings.host
        self.deadline = deadline
        do {
            var tls = TLSSettings()
            if let file = settings.caFile { tls.trust = .authorities(file: file) }
            context = settings.security == .none ? nil : try TLSContext(tls)
            let addresses = try Resolver.addressesBlocking(of: host, port: settings.port)
            socket = try Self.connect(to: addresses, until: deadline)
        } catch let error as SMTPFailure {
            throw error
        } catch {
            throw SMTPFailure("\(error)")
        }
    }

    /// The stream before the socket, which must outlive it.
    deinit { tls = nil }

    private static func connect(
        to addresses: [SocketAddress], until deadline: ContinuousClock.Instant
    ) throws(SMTPFailure) -> TCPSocket {
        var failure = SMTPFailure("the host has no address")
        for (index, address) in addresses.enumerated() {
            // The last one has all the time that is left.
            let share = (deadline - .now) / (addresses.count - index)
            do {
                let connection = try OutgoingConnection(to: address)
                let isEstablished = connection.isEstablished
                let socket = TCPSocket(owning: connection.takeSocket().release())
                guard !isEstablished else { return socket }
                try wait(for: POLLOUT, on: socket.descriptor, until: .now + share)
                try UnownedSocket(socket.descriptor).finishConnecting(to: address)
                return socket
            } catch {
                failure = error as? SMTPFailure ?? SMTPFailure("\(error)")
            }
        }
        throw failure
    }

    /// Agrees on TLS. What the server said before it is not listened to behind it.
    func startTLS() throws(SMTPFailure) {
        guard let context, !replies.hasMore else {
            throw SMTPFailure("the server goes on in clear before TLS")
        }
        do {
            let stream = try context.stream(over: socket.descriptor, to: TLSServerName(host))
            tls = stream
            while true {
                switch try stream.handshake() {
                case .complete: return
                case .wantsRead: try wait(for: POLLIN)
                case .wantsWrite: try wait(for: POLLOUT)
                }
            }
        } catch {
            throw error as? SMTPFailure ?? SMTPFailure("\(error)")
        }
    }

    func reply() throws(SMTPFailure) -> SMTPReply {
        var buffer = [UInt8](repeating: 0, count: Self.readBytesMax)
        while true {
            do {
                if let reply = try replies.next() { return reply }
            } catch {
                throw SMTPFailure("what the server says is no SMTP: \(error)")
            }
            let count = try read(into: &buffer)
            guard count > 0 else { throw SMTPFailure("the server closed the connection") }
            replies.feed(buffer.prefix(count))
        }
    }

    func send(_ bytes: [UInt8]) throws(SMTPFailure) {
        var sent = 0
        while sent < bytes.count {
            do {
                let outcome = try bytes.withUnsafeBytes { all in
                    let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
                    if let tls { return try tls.write(rest) }
                    return switch try socket.write(rest) {
                    case .bytes(let count): TLSStream.WriteOutcome.bytes(count)
                    case .wouldBlock: .wantsWrite
                    }
                }
                switch outcome {
                case .bytes(let count): sent += count
                case .wantsRead: try wait(for: POLLIN)
                case .wantsWrite: try wait(for: POLLOUT)
                }
            } catch {
                throw error as? SMTPFailure ?? SMTPFailure("\(error)")
            }
        }
    }

    /// - Returns: 0 at the end.
    private func read(into buffer: inout [UInt8]) throws(SMTPFailure) -> Int {
        while true {
            do {
                let outcome = try buffer.withUnsafeMutableBytes { bytes in
                    if let tls { return try tls.read(into: bytes) }
                    return switch try socket.read(into: bytes) {
                    case .bytes(let count): TLSStream.ReadOutcome.bytes(count)
                    case .wouldBlock: .wantsRead
                    case .endOfStream: .endOfStream
                    }
                }
                switch outcome {
                case .bytes(let count): return count
                case .endOfStream: return 0
                case .wantsRead: try wait(for: POLLIN)
                case .wantsWrite: try wait(for: POLLOUT)
                }
            } catch {
                throw error as? SMTPFailure ?? SMTPFailure("\(error)")
            }
        }
    }

    private func wait(for events: Int32) throws(SMTPFailure) {
        try Self.wait(for: events, on: socket.descriptor, until: deadline)
    }

    private static func wait(
        for events: Int32, on descriptor: Int32, until deadline: ContinuousClock.Instant
    ) throws(SMTPFailure) {
        while true {
            let left = (deadline - .now) / .milliseconds(1)
            guard left > 0 else { throw SMTPFailure("no answer in time") }
            var entry = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            let count = poll(&entry, 1, Int32(min(left.rounded(.up), 60_000)))
            if count > 0 { return }
            guard count == 0 || errno == EINTR else {
                throw SMTPFailure(SystemError(call: "poll", code: errno).description)
            }
        }
    }
}
