import Glibc
import Testing

@testable import Networking

struct OutgoingConnectionTests {
    @Test func `a connection stands once it is writable, and carries bytes both ways`() throws {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let connection = try OutgoingConnection(to: loopback(listener.port))
        let socket = UnownedSocket(connection.socket.number)
        try awaitConnection(connection, to: loopback(listener.port))
        let server = try accept(listener)
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(try read(socket, &buffer) == .wouldBlock)
        #expect(try Array("hello".utf8).withUnsafeBytes(socket.write) == .bytes(5))
        #expect(try read(UnownedSocket(server.descriptor), &buffer) == .bytes(5))
        server.shutdownWriting()
        #expect(try read(socket, &buffer) == .endOfStream)
        #expect(connection.socket.number >= 0)  // Open until here.
    }

    @Test func `small messages are sent at once`() throws {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let connection = try OutgoingConnection(to: loopback(listener.port))
        var (on, length): (Int32, socklen_t) = (0, socklen_t(MemoryLayout<Int32>.size))
        getsockopt(connection.socket.number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, &length)
        #expect(on == 1)
    }

    @Test func `a refused connection is an error that names the address`() throws {
        // Bound, so that nobody else takes the port, but not listening.
        let bound = Descriptor(owning: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0))
        let address = try bind(bound)
        let expected = SystemError(call: "connect \(address)", code: ECONNREFUSED)
        #expect(throws: expected) {
            let connection = try OutgoingConnection(to: address)
            try awaitConnection(connection, to: address)
        }
        #expect("\(expected)" == "connect \(address): Connection refused")
        #expect(bound.number >= 0)  // Open until here.
    }

    @Test func `the source address can be chosen`() throws {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let source = try #require(Resolver.numericAddress("127.0.0.9", port: 0))
        let connection = try OutgoingConnection(to: loopback(listener.port), from: source)
        try awaitConnection(connection, to: loopback(listener.port))
        guard case .accepted(let descriptor, let from) = listener.accept() else {
            Issue.record("the connection stands")
            return
        }
        #expect(from.host == "127.0.0.9")
        #expect(Descriptor(owning: descriptor).number >= 0)
    }

    @Test func `a source address of somebody else is an error`() throws {
        let source = try #require(Resolver.numericAddress("192.0.2.1", port: 0))
        #expect(throws: SystemError(call: "bind 192.0.2.1:0", code: EADDRNOTAVAIL)) {
            _ = try OutgoingConnection(to: loopback(1), from: source)
        }
    }

    @Test func `bytes can be thrown away unread, and others read after them`() throws {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let connection = try OutgoingConnection(to: loopback(listener.port))
        try awaitConnection(connection, to: loopback(listener.port))
        let server = try accept(listener)
        let socket = UnownedSocket(connection.socket.number)
        #expect(try socket.discard(10) == .wouldBlock)
        #expect(try Array("1234567890abc".utf8).withUnsafeBytes(server.write) == .bytes(13))
        #expect(try socket.discard(10) == .bytes(10))
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(try read(socket, &buffer) == .bytes(3))
        #expect(Array(buffer.prefix(3)) == Array("abc".utf8))
        server.shutdownWriting()
        #expect(try socket.discard(.max) == .endOfStream)
        #expect(connection.socket.number >= 0)  // Open until here.
    }

    @Test func `closing can reset the connection`() throws {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let server: TCPSocket
        do {
            let connection = try OutgoingConnection(to: loopback(listener.port))
            try awaitConnection(connection, to: loopback(listener.port))
            server = try accept(listener)
            UnownedSocket(connection.socket.number).resetWhenClosed()
        }
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(throws: SystemError(call: "recv", code: ECONNRESET)) {
            try read(UnownedSocket(server.descriptor), &buffer)
        }
    }

    private func loopback(_ port: Int) throws -> SocketAddress {
        try #require(Resolver.numericAddress("127.0.0.1", port: port))
    }

    private func bind(_ descriptor: borrowing Descriptor) throws -> SocketAddress {
        let number = descriptor.number
        #expect(try loopback(0).withPointer { Glibc.bind(number, $0, $1) } == 0)
        return SocketAddress { getsockname(number, $0, &$1) }
    }

    private func awaitConnection(
        _ connection: borrowing OutgoingConnection, to address: SocketAddress
    ) throws {
        guard !connection.isEstablished else { return }
        let poller = try Poller()
        try poller.watch(connection.socket.number, for: .writing, token: 7)
        #expect(try poller.wait(atMost: .seconds(10)) == 1)
        #expect(poller.event(0).token == 7)
        try UnownedSocket(connection.socket.number).finishConnecting(to: address)
    }

    private func accept(_ listener: TCPListener) throws -> TCPSocket {
        // On loopback the handshake is complete when the client's end stands.
        guard case .accepted(let descriptor, _) = listener.accept() else {
            throw SystemError(call: "accept", code: EAGAIN)
        }
        return TCPSocket(owning: descriptor)
    }

    private func read(
        _ socket: UnownedSocket, _ buffer: inout [UInt8]
    ) throws -> UnownedSocket.ReadOutcome {
        try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
    }
}
