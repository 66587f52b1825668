import COpenSSL
import Glibc

/// One TLS connection over a non-blocking socket. Belongs to the thread that made it.
///
/// What it wants to wait for is the socket's readiness, also for reading while it writes and the
/// other way round. It reads ahead: what it has taken from the socket is not reported by a poller
/// again, so read until it wants to wait or `hasBufferedBytes` is false.
package final class TLSStream {
    package enum HandshakeOutcome: Equatable, Sendable { case complete, wantsRead, wantsWrite }

    package enum ReadOutcome: Equatable, Sendable {
        case bytes(Int)
        case endOfStream
        case wantsRead, wantsWrite
    }

    package enum WriteOutcome: Equatable, Sendable {
        /// How many were taken, possibly fewer than offered.
        case bytes(Int)
        /// Offer the same bytes again, and perhaps more behind them, when the socket is ready.
        case wantsRead, wantsWrite
    }

    private enum Interruption { case wantsRead, wantsWrite, end }

    /// Who made it, kept because the way to the socket belongs to them, and sessions too.
    enum Owner {
        case client(TLSContext, of: TLSServerName)
        case server(TLSAcceptor)
    }

    /// Where OpenSSL keeps a pointer for its user.
    static let ownerIndex: Int32 = 0

    let owner: Owner
    /// Who is at the other end, for messages.
    private let peer: String
    let tls: OpaquePointer
    private var isEstablished = false
    /// OpenSSL forbids a farewell after a failure.
    private var hasFailed = false

    init(owning tls: OpaquePointer, with peer: String, owner: Owner) {
        self.tls = tls
        self.peer = peer
        self.owner = owner
        SSL_set_ex_data(tls, Self.ownerIndex, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit {
        SSL_set_ex_data(tls, Self.ownerIndex, nil)
        // Otherwise OpenSSL takes an end without farewell for a failure and forbids to continue
        // the session. It is for the caller to say farewell or not.
        if isEstablished { SSL_set_shutdown(tls, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN) }
        SSL_free(tls)
    }

    // MARK: What was agreed on, once the handshake is complete

    /// As in `TLSv1.3`.
    package var version: String { String(cString: SSL_get_version(tls)) }
    /// As in `TLS_AES_256_GCM_SHA384`.
    package var cipher: String {
        SSL_CIPHER_get_name(SSL_get_current_cipher(tls)).map { String(cString: $0) } ?? ""
    }
    /// Whether an earlier session was continued.
    package var isResumed: Bool { SSL_session_reused(tls) == 1 }
    /// The protocol that the server chose of those that the client offered.
    package var applicationProtocol: String? {
        var (name, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        SSL_get0_alpn_selected(tls, &name, &count)
        guard let name, count > 0 else { return nil }
        return String(
            decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }

    // MARK: Working

    /// Begins or continues the handshake; call again when the socket is ready for what it wants.
    package func handshake() throws(TLSError) -> HandshakeOutcome {
        forgetFailures()
        let code = SSL_do_handshake(tls)
        if code == 1 {
            isEstablished = true
            return .complete
        }
        switch try interruption(code, during: "handshake") {
        case .wantsRead: return .wantsRead
        case .wantsWrite: return .wantsWrite
        case .end: throw closed(during: "handshake")
        }
    }

    /// Reads what is there, at most one record (16 KiB) at a time.
    ///
    /// A peer that closes without saying so is at its end like one that does: whether anything is
    /// missing is for the protocol inside to tell.
    ///
    /// - Parameter buffer: not empty.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(TLSError) -> ReadOutcome {
        forgetFailures()
        let code = SSL_read(tls, buffer.baseAddress, Int32(clamping: buffer.count))
        if code > 0 { return .bytes(Int(code)) }
        switch try interruption(code, during: "read") {
        case .wantsRead: return .wantsRead
        case .wantsWrite: return .wantsWrite
        case .end: return .endOfStream
        }
    }

    /// Writes what fits. A peer that is gone is an error and never a signal.
    ///
    /// - Parameter bytes: not empty.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(TLSError) -> WriteOutcome {
        forgetFailures()
        let code = SSL_write(tls, bytes.baseAddress, Int32(clamping: bytes.count))
        if code > 0 { return .bytes(Int(code)) }
        switch try interruption(code, during: "write") {
        case .wantsRead: return .wantsRead
        case .wantsWrite: return .wantsWrite
        case .end: throw closed(during: "write")
        }
    }

    /// Whether bytes were taken from the socket and not read yet.
    package var hasBufferedBytes: Bool { SSL_has_pending(tls) == 1 }

    /// Says that nothing more will be sent. To be followed by closing the socket; the peer's
    /// answer is not waited for.
    package func sayFarewell() {
        guard isEstablished, !hasFailed else { return }
        // Where the socket takes nothing more, the peer learns it from the socket's end.
        SSL_shutdown(tls)
        ERR_clear_error()
    }

    // MARK: Failing

    /// What is known to have failed before is not to be taken for what fails next.
    private func forgetFailures() {
        ERR_clear_error()
        errno = 0
    }

    private func interruption(
        _ result: Int32, during operation: StaticString
    ) throws(TLSError) -> Interruption {
        let systemCode = errno
        switch SSL_get_error(tls, result) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .end
        case SSL_ERROR_SYSCALL:
            hasFailed = true
            ERR_clear_error()
            // Without a code the socket was at its end.
            guard systemCode != 0 else { return .end }
            throw .system("\(operation) with \(peer)", code: systemCode)
        default:
            hasFailed = true
            throw failure(during: "\(operation) with \(peer)")
        }
    }

    private func failure(during operation: String) -> TLSError {
        let error = TLSError.taken(operation, otherwise: .brokenProtocol)
        let verdict = SSL_get_verify_result(tls)
        guard !isEstablished, error.cause == .brokenProtocol, Int32(verdict) != X509_V_OK,
            checksPeer
        else { return error }
        let words = String(cString: X509_verify_cert_error_string(verdict))
        return TLSError(
            cause: .untrustedPeer, operation: operation, reason: "\(error.reason): \(words)")
    }

    private var checksPeer: Bool {
        switch owner {
        case .client(let context, _): context.checksServer
        case .server: true
        }
    }

    private func closed(during operation: StaticString) -> TLSError {
        TLSError(
            cause: .closed, operation: "\(operation) with \(peer)",
            reason: "the peer closed the connection")
    }
}
