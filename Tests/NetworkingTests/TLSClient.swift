import Testing

@testable import Networking

/// Drives one TLS stream to its end, waiting where it wants to. For servers on loopback.
final class TLSClient {
    let stream: TLSStream
    private let connection: OutgoingConnection
    private let poller: Poller

    init(_ context: TLSContext, port: Int, name: String = "localhost") throws {
        let address = try #require(Resolver.numericAddress("127.0.0.1", port: port))
        connection = try OutgoingConnection(to: address)
        poller = try Poller()
        try poller.watch(connection.socket.number, for: .writing, token: 0)
        _ = try poller.wait(atMost: .seconds(30))
        try UnownedSocket(connection.socket.number).finishConnecting(to: address)
        stream = try context.stream(
            over: connection.socket.number, to: TLSServerName(name))
    }

    func handshake() throws {
        while true {
            switch try stream.handshake() {
            case .complete: return
            case .wantsRead: try wait(for: .reading)
            case .wantsWrite: try wait(for: .writing)
            }
        }
    }

    func write(_ bytes: [UInt8]) throws {
        var start = 0
        while start < bytes.count {
            switch try bytes[start...].withUnsafeBytes(stream.write) {
            case .bytes(let count): start += count
            case .wantsRead: try wait(for: .reading)
            case .wantsWrite: try wait(for: .writing)
            }
        }
    }

    /// Reads until the end of the stream, or until as many bytes as wanted have come.
    func read(_ wanted: Int = .max) throws -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1_000)
        var bytes: [UInt8] = []
        while bytes.count < wanted {
            switch try buffer.withUnsafeMutableBytes({ try stream.read(into: $0) }) {
            case .bytes(let count): bytes += buffer.prefix(count)
            case .endOfStream: return bytes
            case .wantsRead: try wait(for: .reading)
            case .wantsWrite: try wait(for: .writing)
            }
        }
        return bytes
    }

    /// Asks for the server's page about the connection.
    func page() throws -> String {
        try handshake()
        try write(Array("GET / HTTP/1.0\r\n\r\n".utf8))
        let page = String(decoding: try read(), as: UTF8.self)
        stream.sayFarewell()
        return page
    }

    private func wait(for interest: Interest) throws {
        try poller.change(connection.socket.number, to: interest, token: 0)
        guard try poller.wait(atMost: .seconds(30)) > 0 else { throw Silence() }
    }

    /// The server said nothing for so long that the test would hang.
    struct Silence: Error {}
}
