import Networking

extension Connection {
    /// Agrees on TLS, as far as that goes now.
    func shakeHands() {
        do throws(TLSError) {
            guard try stream.shakeHands() else { return }
        } catch {
            return fail(error)
        }
        reader.clientSubject = stream.clientSubject
        // Who has come while we drain is about to ask, and is not told to go before.
        enter(loop.isDraining ? .head : .idle)
        receive()
    }

    private func fail(_ error: TLSError) {
        switch error.cause {
        case .plainHTTP:
            stream.endTLS()
            refuse(.tlsExpected)
        case .closed, .system:
            // Also those who only look whether somebody listens.
            close()
        case .settings, .untrustedPeer, .refusedByPeer, .brokenProtocol:
            loop.onDiagnostic(
                "handshakeFailed", ["error": error.description, "client": remoteAddress])
            // The client has been told why by an alert, which closing at once would destroy.
            stream.endWriting()
            enter(.lingering)
        }
    }

    /// Reads again what waits in TLS, where no poller sees it, after others had their turn.
    func readAgainSoon() {
        guard !readsAgain else { return }
        readsAgain = true
        _ = loop.events.schedule(at: loop.events.now) { [weak self] in
            guard let self else { return }
            readsAgain = false
            receive()
            updateInterest()
        }
    }
}
