import HTTP
import HTTPServer
import Networking
import Synchronization

/// A server on this machine that keeps what it is sent, and answers as the path says.
final class HookReceiver: Sendable {
    let port: Int
    private let server: HTTPServer
    private let kept: Kept

    private final class Kept: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// - Parameter tls: the certificate that it shows; nil for plain HTTP.
    init(tls: TLSServerSettings? = nil) throws {
        let kept = Kept()
        self.kept = kept
        @Sendable func keep(_ request: Request) { kept.requests.withLock { $0.append(request) } }
        server = HTTPServer(
            configuration: ServerConfiguration(
                threads: 1, tls: try tls.map(TLSServerContext.init)),
            router: Router([
                Route("POST", "/taken") { request in
                    keep(request)
                    return Response(status: 200, body: Array("thanks".utf8))
                },
                Route("POST", "/moved") { request in
                    keep(request)
                    return Response(status: 307, headers: ["Location": "/taken"])
                },
                Route("POST", "/long") { request in
                    keep(request)
                    return Response(status: 200, body: [UInt8](repeating: 0x78, count: 1_000_000))
                },
            ]))
        port = try server.start()
    }

    var requests: [Request] { kept.requests.withLock { $0 } }

    func shutdown() async { await server.shutdown(within: .milliseconds(50)) }
}
