import COpenSSL
import Glibc

/// A TLS connection, or the setting for one, that failed.
package struct TLSError: Error, Equatable, Sendable {
    package enum Cause: Equatable, Sendable {
        /// What the operator asked for cannot be had, as a file that does not exist.
        case settings
        /// The peer's certificate does not convince us, or a client has none and needs one.
        case untrustedPeer
        /// The peer says, by an alert, that it will not go on.
        case refusedByPeer
        /// The peer closed the connection while it was being made or written to.
        case closed
        /// The connection failed below TLS; the value is what `errno` said.
        case system(Int32)
        /// A client speaks HTTP where TLS is spoken.
        case plainHTTP
        /// What came is no TLS, or not the TLS that was agreed on.
        case brokenProtocol
    }

    package let cause: Cause
    /// With whom or what: `handshake with example.com`.
    package let operation: String
    /// In OpenSSL's words, or the system's. Never has contents of files or of the connection.
    package let reason: String
}

extension TLSError: CustomStringConvertible {
    package var description: String { "\(operation): \(reason)" }
}

extension TLSError {
    /// The failure that OpenSSL has just noted for this thread, and takes all its notes away, so
    /// that the next failure is not mistaken for this one.
    ///
    /// - Parameter otherwise: the cause unless OpenSSL's own code names another.
    static func taken(_ operation: String, otherwise: Cause) -> TLSError {
        let code = ERR_get_error()
        ERR_clear_error()
        return TLSError(
            cause: cause(of: code) ?? otherwise, operation: operation, reason: words(for: code))
    }

    static func system(_ operation: String, code: Int32) -> TLSError {
        TLSError(
            cause: .system(code), operation: operation, reason: SystemError.reason(for: code))
    }

    private static func cause(of code: UInt) -> Cause? {
        guard ERR_GET_LIB(code) == ERR_LIB_SSL else { return nil }
        return switch ERR_GET_REASON(code) {
        // Alerts that were received are numbered from a thousand on.
        case SSL_AD_REASON_OFFSET...: .refusedByPeer
        case SSL_R_HTTP_REQUEST: .plainHTTP
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: .untrustedPeer
        default: nil
        }
    }

    private static func words(for code: UInt) -> String {
        if let text = ERR_reason_error_string(code) { return String(cString: text) }
        // For what the system said OpenSSL has no words.
        if ERR_GET_LIB(code) == ERR_LIB_SYS {
            return SystemError.reason(for: Int32(truncatingIfNeeded: ERR_GET_REASON(code)))
        }
        return code == 0 ? "no reason given" : "error \(String(code, radix: 16))"
    }
}
