/// A request line and its fields, with everything that decides how the connection goes on.
package struct RequestHead: Sendable {
    package enum Version: Sendable, Equatable { case http10, http11 }

    /// How the end of the body is found (RFC 9112, section 6.3).
    package enum Framing: Sendable, Equatable {
        case empty
        /// Bytes; may be zero.
        case length(Int)
        case chunked
    }

    /// What the `Expect` field asks for (RFC 9110, section 10.1.1).
    package enum Expectation: Sendable, Equatable { case none, continue100, unknown }

    package let method: String
    package let target: RequestTarget
    package let version: Version
    package internal(set) var headers: HeaderFields
    package internal(set) var framing = Framing.empty
    /// Whether the client allows another request on this connection.
    package internal(set) var keepsAlive: Bool
    package internal(set) var expectation = Expectation.none

    init(
        method: String, target: RequestTarget, version: Version, headers: HeaderFields = []
    ) {
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        keepsAlive = version == .http11
    }

    package var hasBody: Bool { framing != .empty && framing != .length(0) }
}
