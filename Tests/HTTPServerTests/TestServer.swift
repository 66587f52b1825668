import HTTP
import HTTPServer
import Networking
import Synchronization

/// A server on a free port with the routes that the tests talk to.
struct TestServer {
    let server: HTTPServer
    let port: Int
    let gate = Gate()
    let diagnostics = Diagnostics()

    init(
        threads: Int = 1, tls: TLSServerSettings? = nil, proxies: TrustedProxies = .none,
        limits change: (inout ServerLimits) -> Void = { _ in },
        notFound: Route.Handler? = nil,
        errorResponse: @escaping @Sendable (ServerError) -> Response = { $0.plainResponse }
    ) throws {
        var limits = ServerLimits()
        limits.lingerTimeMax = .milliseconds(100)
        // Certificates are made meanwhile, for which a busy machine may take its time.
        if tls != nil { limits.headTimeMax = .seconds(600) }
        change(&limits)
        let router = Router(
            Self.routes(gate: gate), notFound: notFound, errorResponse: errorResponse)
        let diagnostics = diagnostics
        server = HTTPServer(
            configuration: ServerConfiguration(
                threads: threads, limits: limits, tls: try tls.map(TLSServerContext.init),
                proxies: proxies),
            router: router
        ) { event, fields in diagnostics.note(event, fields) }
        port = try server.start()
    }

    func client() throws -> TestClient { try TestClient(port: port) }

    /// A client that has agreed on TLS.
    func client(_ tls: TLSContext) async throws -> TestClient {
        let client = try TestClient(port: port, tls: tls)
        try await client.shakeHands()
        return client
    }

    /// Waits until the server serves `count` connections.
    func waitForConnections(_ count: Int) async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while server.connectionCount != count {
            guard ContinuousClock.now < deadline else { throw TestClient.TimedOut() }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    /// Waits until nobody listens any more.
    func waitForRefusal() async throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? client()) != nil {  // Refused is what is waited for.
            guard ContinuousClock.now < deadline else { throw TestClient.TimedOut() }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    func shutdown() async { await server.shutdown(within: .milliseconds(50)) }

    private static func routes(gate: Gate) -> [Route] {
        [
            Route("GET", "/hello") { _ in Response(status: 200, body: Array("hello".utf8)) },
            Route("GET", "/items/{id}") { request in
                text(request.parameters["id"] ?? "?")
            },
            Route("POST", "/echo") { request in Response(status: 200, body: request.body) },
            Route("POST", "/small", bodyBytesMax: 4) { _ in text("small") },
            Route("POST", "/large", bodyBytesMax: 4_000) { _ in text("large") },
            Route("GET", "/gate") { _ in
                await gate.pass()
                return text("passed")
            },
            Route("GET", "/huge") { _ in
                Response(status: 200, body: [UInt8](repeating: 0x61, count: 32 << 20))
            },
            Route("POST", "/stop", bodyBytesMax: 100, isUrgent: true) { _ in text("stopped") },
            Route("POST", "/stop-slowly", bodyBytesMax: 100, isUrgent: true) { _ in
                await gate.pass()
                return text("stopped")
            },
            Route("GET", "/bad-field") { _ in
                Response(status: 200, headers: ["X": "a\r\nSet-Cookie: b"])
            },
            Route("GET", "/bad-status") { _ in Response(status: 42) },
            Route("DELETE", "/items/{id}") { _ in Response(status: 204) },
            Route("GET", "/subject") { request in text(request.clientSubject ?? "nobody") },
            Route("GET", "/client") { request in text(request.remoteAddress) },
            Route("GET", "/origin") { request in
                text(
                    "\(request.remoteAddress) by \(request.peerAddress), secure "
                        + "\(request.isSecure)")
            },
        ]
    }

    private static func text(_ text: String) -> Response {
        Response(status: 200, body: Array(text.utf8))
    }
}

/// Holds handlers up until it is opened, and says how many have come.
actor Gate {
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var arrivalCount = 0
    private var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []

    func pass() async {
        arrivalCount += 1
        for observer in observers where observer.count <= arrivalCount {
            observer.continuation.resume()
        }
        observers.removeAll { $0.count <= arrivalCount }
        if isOpen { return }
        await withCheckedContinuation { waiting.append($0) }
    }

    func open() {
        isOpen = true
        for continuation in waiting { continuation.resume() }
        waiting = []
    }

    /// Waits until `count` handlers have come.
    func arrivals(_ count: Int) async {
        guard arrivalCount < count else { return }
        await withCheckedContinuation { observers.append((count, $0)) }
    }

    var arrivals: Int { arrivalCount }
}

/// What the server said that no client hears.
final class Diagnostics: Sendable {
    private let notes = Mutex<[(event: String, fields: [String: String])]>([])

    func note(_ event: String, _ fields: [String: String]) {
        notes.withLock { $0.append((event, fields)) }
    }

    var events: [String] { notes.withLock { $0.map(\.event) } }
}
