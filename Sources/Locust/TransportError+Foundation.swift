import Foundation
import FoundationNetworking

extension TransportError {
    /// Only failures that come before the first byte of the request count as unreachable; what
    /// is not known to be one of them may have happened after it.
    init(_ error: any Error) {
        let text = (error as NSError).localizedDescription
        switch (error as? URLError)?.code {
        case .cancelled:
            self = .cancelled
        case .cannotConnectToHost:
            self = .unreachable("connection refused")
        case .cannotFindHost, .dnsLookupFailed:
            self = .unreachable("the host name is unknown")
        case .badURL:
            // Foundation on Linux turns down every IPv6 address in brackets.
            self = .unreachable("the URL is not valid, or its host is a literal IPv6 address")
        case .unsupportedURL:
            self = .unreachable("the URL is not one of http or https")
        default:
            self =
                Self.isHandshakeFailure(text)
                ? .unreachable("TLS was not agreed on: \(text)") : .lost(text)
        }
    }

    /// TLS failures have no code of their own on Linux, only the text of the library below.
    /// One that comes after the handshake begins with "OpenSSL SSL_read" or "SSL_write".
    static func isHandshakeFailure(_ text: String) -> Bool {
        let beginnings = ["SSL certificate problem", "SSL: ", "OpenSSL/", "OpenSSL SSL_connect"]
        return beginnings.contains { text.hasPrefix($0) }
    }
}
