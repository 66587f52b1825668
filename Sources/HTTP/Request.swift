/// A whole request: the head was well-formed, the body is complete and was unchunked.
package struct Request: Sendable {
    /// As sent, in its case.
    package let method: String
    /// The request target as sent.
    package let target: String
    /// The decoded segments of the path; empty for `/` and for `*`. A slash that was
    /// percent-encoded is part of its segment.
    package let path: [String]
    /// The path as sent, without the query; what to log.
    package let rawPath: String
    /// Decoded names and values in the order sent; a name without `=` has an empty value.
    package let query: [(name: String, value: String)]
    package let headers: HeaderFields
    package let body: [UInt8]
    /// The client's numeric address without the port, or what a trusted proxy says that it is.
    package var remoteAddress: String
    /// Who the connection is from: the client, or the proxy that speaks for it.
    package var peerAddress: String
    /// Whether the client has sent it by TLS.
    package var isSecure = false
    /// Whom the client's certificate is made for, as in `CN=ci,O=Example`; nil without one.
    package var clientSubject: String?
    /// What the names in the route's pattern stand for, decoded.
    package var parameters: [String: String] = [:]

    package init(head: RequestHead, body: [UInt8], remoteAddress: String) {
        method = head.method
        target = head.target.raw
        path = head.target.path
        rawPath = head.target.rawPath
        query = head.target.query
        headers = head.headers
        self.body = body
        self.remoteAddress = remoteAddress
        peerAddress = remoteAddress
    }

    /// A request made without a connection, as tests of handlers want it.
    package init(
        method: String, target: String, headers: HeaderFields = [], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1"
    ) throws(MessageError) {
        let bytes = Array(target.utf8)
        let head = RequestHead(
            method: method, target: try RequestTarget(parsing: bytes.span), version: .http11,
            headers: headers)
        self.init(head: head, body: body, remoteAddress: remoteAddress)
    }

    /// The first value of the query parameter `name`.
    package func queryValue(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}
