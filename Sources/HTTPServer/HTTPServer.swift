import HTTP
import Metrics
import Networking
import Synchronization

/// An HTTP/1.1 server on event loops of its own. Once started it serves until it is shut down,
/// also when nobody refers to it any more.
package final class HTTPServer: Sendable {
    /// Told what no client hears about: an event's name and its fields. Called on a loop's thread.
    package typealias Diagnostic = @Sendable (String, [String: String]) -> Void

    private struct Running {
        let accepting: Mailbox<LoopMessage>
        let threads: [LoopThread]
        let isLoopback: Bool
    }

    private let configuration: ServerConfiguration
    private let router: Router
    private let onDiagnostic: Diagnostic
    private let occupancy: Occupancy
    private let tls: CurrentTLS?
    private let running = Mutex<Running?>(nil)
    /// Until the start; from then on it is the accepting loop's alone, which closes it.
    private let listener: Mutex<TCPListener?>

    /// - Parameter listener: takes the port before there is anything to serve: clients wait in its
    ///   queue until the start. Nil is opened at the start, as the configuration says.
    package init(
        configuration: ServerConfiguration, listener: TCPListener? = nil, router: Router,
        onDiagnostic: @escaping Diagnostic = { _, _ in }
    ) {
        self.configuration = configuration
        self.listener = Mutex(listener)
        self.router = router
        self.onDiagnostic = onDiagnostic
        occupancy = Occupancy(limits: configuration.limits)
        tls = configuration.tls.map(CurrentTLS.init)
    }

    /// Connections now served, those that are idle or being closed included, and those whose
    /// client has left while its handler still runs.
    package var connectionCount: Int { occupancy.connectionCount }

    /// How far the server's loops and handlers are behind, and whom it refused.
    package func lags() -> [QueueLag] { occupancy.meters.lags() }

    /// Listens and serves from here on; may be called once. Returns the port.
    package func start() throws(SystemError) -> Int {
        let listener = try takeListener()
        let (port, isLoopback) = (listener.port, listener.isLoopback)
        let accepting = try makeLoop()
        var mailboxes = [accepting.mailbox]
        var threads: [LoopThread] = []
        do {
            for index in 1..<max(configuration.threads, 1) {
                let loop = try makeLoop()
                mailboxes.append(loop.mailbox)
                threads.append(try LoopThread.start(name: "http-\(index)") { loop.run() })
            }
            try accepting.accept(from: listener, for: mailboxes)
            threads.append(try LoopThread.start(name: "http-0") { accepting.run() })
        } catch {
            for mailbox in mailboxes { mailbox.post(.drain(limit: .zero)) }
            throw error
        }
        let started = Running(
            accepting: mailboxes[0], threads: threads, isLoopback: isLoopback)
        running.withLock { running in
            precondition(running == nil, "a server is started once")
            running = started
        }
        return port
    }

    /// Whether others than programs of this machine can connect; false before the start.
    package var isReachedFromElsewhere: Bool {
        running.withLock { $0.map { !$0.isLoopback } ?? false }
    }

    /// Lets new connections begin with another certificate; those that stand go on with theirs.
    /// Only for a server that speaks TLS.
    package func replaceTLS(with context: TLSServerContext) {
        precondition(tls != nil, "a server speaks TLS from its start or never")
        tls?.replace(with: context)
    }

    /// Accepts nothing more, closes idle connections at once, lets what runs finish for at most
    /// `limit`, and then closes the rest. Safe to call again, and before the start.
    package func shutdown(within limit: Duration) async {
        guard let running = running.withLock({ $0 }) else { return }
        running.accepting.post(.stopAccepting(limit: limit))
        for thread in running.threads { await thread.finished() }
    }

    private func takeListener() throws(SystemError) -> TCPListener {
        let given = listener.withLock { listener in
            defer { listener = nil }
            return listener
        }
        if let given { return given }
        return try TCPListener(host: configuration.host, port: configuration.port)
    }

    private func makeLoop() throws(SystemError) -> ServerLoop {
        try ServerLoop(
            router: router, limits: configuration.limits, occupancy: occupancy, tls: tls,
            proxies: configuration.proxies, onDiagnostic: onDiagnostic)
    }
}
