import HTTP
import Networking
import Synchronization

/// HTTP by sockets of our own: one thread that waits for all masters at once.
///
/// Foundation's URLSession on Linux turns in circles as long as a request waits for its answer: a
/// third of a core for one master that hangs, and `/stop` alone may take a minute. Here whoever
/// waits costs nothing.
///
/// Every request has a connection of its own. One that was kept may turn out dead when a request
/// is on its way, and a `/swarm` must never be sent twice; one more handshake per poll is nothing
/// beside that.
package final class SocketTransport: Transport {
    package static let shared = SocketTransport()

    /// Or why there is no loop: the process is out of descriptors or threads.
    private let loop: Result<Mailbox<SocketLoop.Message>, SystemError>
    private let tls: TLSSettings
    /// Of all transports, as several share a loop.
    private static let lastID = Atomic(0)

    /// - Parameter tls: whom to believe; by default the system's certificate authorities.
    package init(tls: TLSSettings = TLSSettings()) {
        self.tls = tls
        loop = Result { () throws(SystemError) in
            let loop = try SocketLoop()
            let mailbox = loop.mailbox
            _ = try LoopThread.start(name: "masters") { loop.run() }
            return mailbox
        }
    }

    private init(
        on loop: Result<Mailbox<SocketLoop.Message>, SystemError>, tls: TLSSettings
    ) {
        self.loop = loop
        self.tls = tls
    }

    /// Another on the same thread, for masters with files of their own, all in PEM format. They
    /// are read when they are first needed.
    ///
    /// - Parameters:
    ///   - caFile: who may vouch for the masters; nil for the system's authorities.
    ///   - clientCertificateFile: who we are; nil for nobody in particular.
    ///   - clientKeyFile: its key, without a pass phrase; given together.
    package func with(
        caFile: String?, clientCertificateFile: String? = nil, clientKeyFile: String? = nil
    ) -> SocketTransport {
        var tls = tls
        if let caFile { tls.trust = .authorities(file: caFile) }
        if let clientCertificateFile, let clientKeyFile {
            tls.clientCertificate = .init(
                certificateFile: clientCertificateFile, keyFile: clientKeyFile)
        }
        return SocketTransport(on: loop, tls: tls)
    }

    /// Reads the files of all TLS settings anew, when they are next needed.
    package func forgetTLSFiles() {
        // Without a loop nothing was read.
        if case .success(let mailbox) = loop { mailbox.post(.forgetTLSFiles) }
    }

    package func send(_ request: TransportRequest) async throws(TransportError) -> TransportAnswer {
        try await exchange(request, onContent: nil)
    }

    /// Sends to these addresses and no others, whatever the name in the URL leads to by now: for
    /// who has checked them.
    ///
    /// - Parameters:
    ///   - addresses: at least one, in the order in which they are tried.
    ///   - bodyBytesMax: what of the answer's body is read; the rest is not waited for.
    package func send(
        _ request: TransportRequest, to addresses: [SocketAddress], bodyBytesMax: Int
    ) async throws(TransportError) -> TransportAnswer {
        guard let target = SocketTarget(request.url), !addresses.isEmpty else {
            throw .unreachable("there is no server to send to")
        }
        return try await exchange(
            request, with: target, at: addresses, onContent: nil, bodyBytesMax: bodyBytesMax)
    }

    /// Asks for an answer that may go on for ever.
    ///
    /// - Parameter onContent: takes the body of an answer with the status 200, piece by piece as
    ///   it comes; called on the thread of all exchanges, and must not wait.
    /// - Returns: the answer at its end, with a body only where the status is another.
    package func stream(
        _ request: TransportRequest, onContent: @escaping @Sendable ([UInt8]) -> Void
    ) async throws(TransportError) -> TransportAnswer {
        try await exchange(request, onContent: onContent)
    }

    private func exchange(
        _ request: TransportRequest, onContent: (@Sendable ([UInt8]) -> Void)?
    ) async throws(TransportError) -> TransportAnswer {
        guard let target = SocketTarget(request.url) else {
            throw .unreachable("\(request.url) is not a URL of http or https")
        }
        let addresses: [SocketAddress]
        do throws(ResolveError) {
            addresses = try await Resolver.addresses(of: target.host, port: target.port)
        } catch {
            throw Task.isCancelled ? .cancelled : .unreachable(error.description)
        }
        return try await exchange(request, with: target, at: addresses, onContent: onContent)
    }

    private func exchange(
        _ request: TransportRequest, with target: SocketTarget, at addresses: [SocketAddress],
        onContent: (@Sendable ([UInt8]) -> Void)?, bodyBytesMax: Int? = nil
    ) async throws(TransportError) -> TransportAnswer {
        let mailbox: Mailbox<SocketLoop.Message>
        switch loop {
        case .success(let running): mailbox = running
        case .failure(let error): throw .unreachable(error.description)
        }
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        let bytes = target.bytes(of: request)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let order = SocketLoop.Order(
                    id: id, target: target, addresses: addresses, request: bytes, tls: tls,
                    onContent: onContent, bodyBytesMax: bodyBytesMax, continuation: continuation)
                if !mailbox.post(.begin(order)) {
                    continuation.resume(returning: .failure(.unreachable("the service ends")))
                }
                // A cancellation before this line found nothing to end.
                if Task.isCancelled { mailbox.post(.cancel(id)) }
            }
        } onCancel: {
            mailbox.post(.cancel(id))
        }
        return try result.get()
    }
}
