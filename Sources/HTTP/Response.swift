/// What a handler answers. Framing (`Content-Length`, `Connection`, `Date`) is the server's and
/// replaces whatever a handler put there.
package struct Response: Sendable, Equatable {
    /// 200 to 599; anything else becomes a 500 when it is sent.
    package var status: Int
    package var headers: HeaderFields
    package var body: [UInt8]
    /// A body that is made while it is sent, instead of `body`.
    package var stream: StreamedBody?

    package init(status: Int, headers: HeaderFields = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
