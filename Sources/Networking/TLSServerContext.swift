import COpenSSL

/// A server's certificate and settings, read from their files once and then shared by all threads.
///
/// Connections keep what they began with; for new files a new context is made.
package final class TLSServerContext: Sendable {
    /// What cannot be used, and why.
    package struct Failure: Error, Equatable, Sendable {
        package enum Part: Equatable, Sendable {
            case certificate, key, clientAuthority
            /// Certificate and key, each of which is right for itself.
            case pair
            /// None of the files.
            case openSSL
        }

        package let part: Part
        package let error: TLSError
    }

    /// Of an `SSL_CTX`: Swift takes pointers for what only one thread may have, but OpenSSL lets
    /// several make connections of one context at the same time once it is set up, and counts its
    /// references atomically (openssl-threads(7)).
    private let address: UInt

    package init(_ settings: TLSServerSettings) throws(Failure) {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            throw Failure(part: .openSSL, error: .taken("set up TLS", otherwise: .settings))
        }
        address = UInt(bitPattern: context)
        let failures = context.apply(settings)
        if let failure = failures.first { throw failure }
    }

    /// All that keeps `settings` from being used, whose files are read for it.
    package static func failures(of settings: TLSServerSettings) -> [Failure] {
        guard let context = SSL_CTX_new(TLS_server_method()) else {
            return [Failure(part: .openSSL, error: .taken("set up TLS", otherwise: .settings))]
        }
        defer { SSL_CTX_free(context) }
        return context.apply(settings)
    }

    deinit { SSL_CTX_free(OpaquePointer(bitPattern: address)) }

    /// A new connection of it, which keeps the context for as long as it needs it.
    func makeConnection() -> OpaquePointer? {
        SSL_new(OpaquePointer(bitPattern: address))
    }
}

extension TLSServerContext.Failure: CustomStringConvertible {
    package var description: String { error.description }
}
