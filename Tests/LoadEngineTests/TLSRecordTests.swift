import Foundation
import TestSupport
import Testing

@testable import LoadEngine

/// What a TLS server sends in one go with its response.
@Suite(
    .enabled(if: ServerProcess.isInstalled("python3"), "python3 is not installed"),
    .timeLimit(.minutes(3)))
struct TLSRecordTests {
    /// Sends a second answer that nobody asked for, as a record of its own in the same segment.
    private static let program = """
        import socket, ssl, sys, threading
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        ANSWER = b"HTTP/1.1 %s\\r\\nContent-Length: 2\\r\\n\\r\\nok"
        listener = socket.create_server(("127.0.0.1", 0), backlog=64)

        def serve(peer):
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            tls = context.wrap_bio(incoming, outgoing, server_side=True)
            shaken = False
            while True:
                try:
                    if not shaken:
                        tls.do_handshake()
                        shaken = True
                    if tls.read(65536):
                        tls.write(ANSWER % b"200 OK")
                        tls.write(ANSWER % b"500 No")
                except ssl.SSLWantReadError:
                    pass
                peer.sendall(outgoing.read())
                if incoming.pending == 0:
                    bytes = peer.recv(65536)
                    if not bytes:
                        return
                    incoming.write(bytes)

        print("port", listener.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
        """

    @Test func `an answer that nobody asked for is nobody's`() async throws {
        let certificates = try Certificates()
        try certificates.sign("good", for: "IP:127.0.0.1")
        let program = certificates.path("server.py")
        try (Self.program + "\n").write(toFile: program, atomically: false, encoding: .utf8)
        let server = try ServerProcess(
            ["python3", program, certificates.certificate("good"), certificates.key("good")],
            output: certificates.path("log.txt"))
        var port = 0
        #expect(
            await eventually {
                let words = server.text.split(whereSeparator: \.isWhitespace)
                guard words.count >= 2, words[0] == "port" else { return false }
                port = Int(words[1]) ?? 0
                return port > 0
            })
        let origin = Origin(isSecure: true, host: "127.0.0.1", port: port)
        var plan = LoadPlan(at: [origin], .users(2), requests: 40)
        plan.connections.tls.trust = .authorities(file: certificates.certificate("ca"))
        let run = try await load(plan)
        expectConsistent(run)
        #expect(run.report.statuses == [200: 40], "\(run.report.examples)")
        #expect(run.report.total.transport.connectionsOpened == 40)
    }
}
