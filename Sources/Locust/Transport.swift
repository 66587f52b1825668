/// Carries one request to a master and its answer back.
///
/// An implementation follows no redirect, keeps no cookie and no cache, and ends promptly with
/// `.cancelled` when its task is cancelled: the caller enforces the time limit that way.
package protocol Transport: Sendable {
    func send(_ request: TransportRequest) async throws(TransportError) -> TransportAnswer
}

/// One HTTP request. Header values hold no line breaks; `LocustMaster` sees to that.
package struct TransportRequest: Equatable, Sendable {
    package let method: String
    package let url: String
    package let headers: [String: String]
    package let body: [UInt8]?

    package init(method: String, url: String, headers: [String: String], body: [UInt8]?) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }
}

/// One HTTP answer, whole.
package struct TransportAnswer: Equatable, Sendable {
    /// Largest body accepted, in bytes: 500 rows and 500 errors take about 0.5 MB, and an error
    /// may quote part of a response.
    package static let bodyBytesMax = 8_388_608

    package let status: Int
    /// By lower-case name.
    package let headers: [String: String]
    package let body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = Dictionary(
            headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { first, _ in first }
        )
        self.body = body
    }
}

/// Why there is no answer, sorted by what it says about the request's effect.
package enum TransportError: Error, Equatable, Sendable {
    /// No byte of the request was sent: refused, unknown host, TLS not agreed on.
    case unreachable(String)
    /// The connection broke at a moment when the request may have arrived.
    case lost(String)
    /// The body is larger than `TransportAnswer.bodyBytesMax`.
    case tooLarge
    case cancelled
}
