import Glibc
import TestSupport
import Testing

@testable import Networking

struct TLSFailureTests {
    @Test func `settings that cannot be had are errors that name the file`() throws {
        let missing = "/nonexistent/x.pem"
        var settings = TLSSettings()
        settings.trust = .authorities(file: missing)
        #expect(throws: Self.expected("load certificate authorities \(missing)")) {
            try TLSContext(settings)
        }
        settings.trust = .everybody
        settings.clientCertificate = .init(certificateFile: missing, keyFile: missing)
        #expect(throws: Self.expected("load certificate \(missing)")) {
            try TLSContext(settings)
        }
    }

    @Test func `a key that does not fit, or is locked, is an error without its contents`() throws {
        let certificates = try Certificates()
        try certificates.selfSign("a", for: "DNS:a")
        try certificates.selfSign("b", for: "DNS:b")
        try certificates.encryptKey("a", as: "locked", phrase: "open-sesame")
        for key in ["b", "locked"] {
            var settings = TLSSettings()
            settings.clientCertificate = .init(
                certificateFile: certificates.certificate("a"), keyFile: certificates.key(key))
            do {
                _ = try TLSContext(settings)
                Issue.record("the key was accepted")
            } catch {
                #expect(error.cause == .settings)
                #expect(error.operation == "load key \(certificates.key(key))")
                #expect(!error.reason.isEmpty)
                #expect(!error.description.contains("sesame"))
            }
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 256)])
    func `names of protocols have their lengths`(name: String) {
        var settings = TLSSettings()
        settings.applicationProtocols = [name]
        #expect(throws: TLSError.self) { try TLSContext(settings) }
        settings.applicationProtocols = [String(repeating: "x", count: 255)]
        #expect(throws: Never.self) { try TLSContext(settings) }
    }

    @Test func `what is no TLS is an error of the protocol`() throws {
        let error = try Self.failure { server in
            _ = try Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8).withUnsafeBytes(server.write)
        }
        #expect(error.cause == .brokenProtocol)
        #expect(error.description == "handshake with localhost: wrong version number")
    }

    @Test func `a server that closes within the handshake has closed`() throws {
        let error = try Self.failure { server in
            // What it does not read would make its end a reset.
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while case .bytes = try buffer.withUnsafeMutableBytes({ try server.read(into: $0) }) {}
            server.shutdownWriting()
        }
        #expect(error.cause == .closed)
        #expect(error.description == "handshake with localhost: the peer closed the connection")
    }

    @Test func `a connection that is reset is an error of the system, and no signal`() throws {
        let error = try Self.failure { server in
            UnownedSocket(server.descriptor).resetWhenClosed()
        }
        #expect(error.cause == .system(ECONNRESET))
        #expect(error.description == "handshake with localhost: Connection reset by peer")
    }

    private static func expected(_ operation: String) -> TLSError {
        TLSError(
            cause: .settings, operation: operation, reason: SystemError.reason(for: ENOENT))
    }

    /// How a handshake fails with a server that does `answer` to its first message and closes.
    private static func failure(_ answer: (TCPSocket) throws -> Void) throws -> TLSError {
        let listener = try TCPListener(host: "127.0.0.1", port: 0)
        let client = try TLSClient(try TLSContext(), port: listener.port)
        #expect(try client.stream.handshake() == .wantsRead)
        guard case .accepted(let descriptor, _) = listener.accept() else {
            throw SystemError(call: "accept", code: EAGAIN)
        }
        do {
            try answer(TCPSocket(owning: descriptor))
        }
        do {
            try client.handshake()
            Issue.record("the handshake is complete")
            throw TLSClient.Silence()
        } catch let error as TLSError {
            return error
        }
    }
}
