import Glibc
import Testing

@testable import Networking

struct TCPTests {
    /// Containers often have none.
    private static let hasIPv6: Bool = {
        guard let file = fopen("/proc/net/if_inet6", "r") else { return false }
        defer { fclose(file) }
        return fgetc(file) != EOF
    }()

    @Test(.enabled(if: hasIPv6))
    func `a listener on all addresses names IPv4 clients as such`() throws {
        let (client, server) = try connectedPair(host: "::")
        #expect(try "x".withBytes(client.write) == .bytes(1))
        #expect(server.descriptor >= 0)
    }

    @Test(.enabled(if: hasIPv6)) func `a listener serves IPv6`() throws {
        #expect(try TCPListener(host: "::1", port: 0).port > 0)
    }

    @Test(arguments: ["127.0.0.1", "localhost"])
    func `a listener takes any free port and waits`(host: String) throws {
        let listener = try TCPListener(host: host, port: 0)
        #expect(listener.port > 0)
        guard case .wouldBlock = listener.accept() else {
            Issue.record("nobody connected yet")
            return
        }
    }

    @Test func `a port that is taken is an error that names it`() throws {
        let first = try TCPListener(host: "127.0.0.1", port: 0)
        let call = "bind 127.0.0.1:\(first.port)"
        #expect(throws: SystemError(call: call, code: EADDRINUSE)) {
            _ = try TCPListener(host: "127.0.0.1", port: first.port)
        }
    }

    @Test func `an address of somebody else is an error`() {
        #expect(throws: SystemError.self) { try TCPListener(host: "192.0.2.1", port: 0) }
        #expect(throws: SystemError.self) { try TCPListener(host: "256.0.0.1", port: 0) }
    }

    @Test func `bytes go both ways, waiting is an answer, and the end is one too`() throws {
        let (client, server) = try connectedPair()
        var buffer = [UInt8](repeating: 0, count: 16)
        #expect(try read(server, &buffer) == .wouldBlock)
        #expect(try "hello".withBytes(client.write) == .bytes(5))
        #expect(try read(server, &buffer) == .bytes(5))
        #expect(Array(buffer.prefix(5)) == Array("hello".utf8))
        client.shutdownWriting()
        #expect(try read(server, &buffer) == .endOfStream)
        #expect(try "bye".withBytes(server.write) == .bytes(3))
        #expect(try read(client, &buffer) == .bytes(3))
    }

    @Test func `a full connection would block, and one that is gone is an error`() throws {
        var (client, server): (TCPSocket?, TCPSocket) = try connectedPair()
        let chunk = [UInt8](repeating: 1, count: 65_536)
        var outcome = TCPSocket.WriteOutcome.bytes(0)
        var total = 0
        while case .bytes(let count) = outcome, total < 1 << 30 {
            total += count
            outcome = try chunk.withUnsafeBytes { try server.write($0) }
        }
        #expect(outcome == .wouldBlock)
        #expect(client != nil)
        client = nil
        #expect(throws: SystemError.self) {
            for _ in 0..<100 { _ = try chunk.withUnsafeBytes { try server.write($0) } }
        }
    }

    @Test func `errors read as call and cause`() {
        #expect(
            SystemError(call: "bind a:1", code: EADDRINUSE).description
                == "bind a:1: Address already in use")
    }

    private func connectedPair(host: String = "127.0.0.1") throws -> (TCPSocket, TCPSocket) {
        let listener = try TCPListener(host: host, port: 0)
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        let client = TCPSocket(owning: number)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(listener.port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        #expect(code == 0)
        #expect(fcntl(number, F_SETFL, O_NONBLOCK) == 0)
        // On loopback the handshake is complete when `connect` returns.
        guard case .accepted(let descriptor, let from) = listener.accept() else {
            throw SystemError(call: "accept", code: EAGAIN)
        }
        #expect(from.host == "127.0.0.1")
        #expect(from.port > 0)
        return (client, TCPSocket(owning: descriptor))
    }

    private func read(
        _ socket: TCPSocket, _ buffer: inout [UInt8]
    ) throws -> TCPSocket.ReadOutcome {
        try buffer.withUnsafeMutableBytes { try socket.read(into: $0) }
    }
}

extension String {
    fileprivate func withBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try Array(utf8).withUnsafeBytes(body)
    }
}
