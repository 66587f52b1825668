import COpenSSL

/// What the TLS connections of one thread have in common: settings, trusted authorities, and the
/// sessions that may be continued.
///
/// Expensive to make, as the system's authorities are read. Belongs to the thread that made it.
package final class TLSContext {
    /// Most servers whose last session is remembered. A scenario names a few; behind a list of
    /// thousands none would be met again in time.
    static let sessionCountMax = 64

    private let context: OpaquePointer
    private let bio: SocketBIO
    let checksServer: Bool
    private let resumesSessions: Bool
    private var sessions: [TLSServerName: OpaquePointer] = [:]

    package init(_ settings: TLSSettings = TLSSettings()) throws(TLSError) {
        bio = try SocketBIO()
        guard let context = SSL_CTX_new(TLS_client_method()) else {
            throw .taken("set up TLS", otherwise: .settings)
        }
        self.context = context
        checksServer = settings.trust != .everybody
        resumesSessions = settings.resumesSessions
        try context.apply(settings)
        if resumesSessions { collectSessions() }
    }

    deinit {
        for session in sessions.values { SSL_SESSION_free(session) }
        SSL_CTX_free(context)
    }

    /// A stream over a connected, non-blocking socket, which stays the caller's and must outlive
    /// the stream.
    package func stream(
        over descriptor: Int32, to server: TLSServerName
    ) throws(TLSError) -> TLSStream {
        let operation = "set up TLS with \(server.text)"
        guard let tls = SSL_new(context) else { throw .taken(operation, otherwise: .settings) }
        let stream = TLSStream(
            owning: tls, with: server.text, owner: .client(self, of: server))
        guard let socket = bio.make(over: descriptor) else {
            throw .taken(operation, otherwise: .settings)
        }
        SSL_set_bio(tls, socket, socket)
        SSL_set_connect_state(tls)
        guard name(server, in: tls) else { throw .taken(operation, otherwise: .settings) }
        if let session = sessions[server] { SSL_set_session(tls, session) }
        return stream
    }

    /// Says whom the connection is for, to the server and to the check of its certificate.
    private func name(_ server: TLSServerName, in tls: OpaquePointer) -> Bool {
        if server.isAddress {
            guard checksServer else { return true }
            return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), server.text) == 1
        }
        guard swarmkeeper_ssl_set_server_name(tls, server.text) == 1 else { return false }
        guard checksServer else { return true }
        SSL_set_hostflags(tls, UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS))
        return SSL_set1_host(tls, server.text) == 1
    }

    // MARK: Sessions

    private func collectSessions() {
        let mode = SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE
        SSL_CTX_ctrl(context, SSL_CTRL_SET_SESS_CACHE_MODE, Int(mode), nil)
        // With TLS 1.3 sessions come at any time after the handshake, so OpenSSL calls.
        SSL_CTX_sess_set_new_cb(context) { tls, session in
            guard let session, let pointer = SSL_get_ex_data(tls, TLSStream.ownerIndex) else {
                return 0
            }
            let stream = Unmanaged<TLSStream>.fromOpaque(pointer).takeUnretainedValue()
            guard case .client(let context, let server) = stream.owner else { return 0 }
            return context.keep(session, of: server) ? 1 : 0
        }
    }

    /// Returns whether the session now belongs to the context.
    private func keep(_ session: OpaquePointer, of server: TLSServerName) -> Bool {
        guard sessions[server] != nil || sessions.count < Self.sessionCountMax else { return false }
        if let old = sessions.updateValue(session, forKey: server) { SSL_SESSION_free(old) }
        return true
    }
}
