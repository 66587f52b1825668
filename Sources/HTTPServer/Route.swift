import HTTP

/// One method on one path pattern, and what answers it.
package struct Route: Sendable {
    /// Answers a whole request. Runs as a task of its own and cannot fail: a failure is a response.
    /// Must not block; for requests without a body it starts on an event loop's thread and should
    /// compute for at most a few milliseconds before its first `await`.
    package typealias Handler = @Sendable (Request) async -> Response

    package let method: String
    /// Segments of text or of `{name}`, which matches any one segment that is not empty:
    /// `/v1/runs/{id}`.
    package let pattern: String
    /// Replaces the server's own limit, upwards or downwards.
    package let bodyBytesMax: Int?
    package let handler: Handler

    package init(
        _ method: String, _ pattern: String, bodyBytesMax: Int? = nil, handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern
        self.bodyBytesMax = bodyBytesMax
        self.handler = handler
    }
}
