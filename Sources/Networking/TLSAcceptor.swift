import COpenSSL

/// Makes TLS streams of the connections that a server's thread has accepted. Belongs to the thread
/// that made it.
package final class TLSAcceptor {
    private let bio: SocketBIO

    package init() throws(TLSError) {
        bio = try SocketBIO()
    }

    /// A stream over an accepted, non-blocking socket, which stays the caller's and must outlive
    /// the stream.
    ///
    /// - Parameter peer: the client, as messages name it.
    package func stream(
        over descriptor: Int32, with peer: String, by context: TLSServerContext
    ) throws(TLSError) -> TLSStream {
        let operation = "set up TLS with \(peer)"
        guard let tls = context.makeConnection() else {
            throw .taken(operation, otherwise: .settings)
        }
        let stream = TLSStream(owning: tls, with: peer, owner: .server(self))
        guard let socket = bio.make(over: descriptor) else {
            throw .taken(operation, otherwise: .settings)
        }
        SSL_set_bio(tls, socket, socket)
        SSL_set_accept_state(tls)
        return stream
    }
}
