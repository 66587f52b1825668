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
    /// Must be served also when the server is otherwise full: takes places from the reserve, and
    /// its bodies do not count against `ServerLimits.bodyBytesTotalMax`.
    package let isUrgent: Bool
    /// Where the handler runs, and nowhere else before; nil is where all tasks do.
    package let executor: (any TaskExecutor)?
    package let handler: Handler

    /// - Parameter bodyBytesMax: to be given for an urgent route, at most
    ///   `ServerLimits.urgentBodyBytesMax`, since nothing else bounds what these take.
    package init(
        _ method: String, _ pattern: String, bodyBytesMax: Int? = nil, isUrgent: Bool = false,
        executor: (any TaskExecutor)? = nil, handler: @escaping Handler
    ) {
        precondition(
            !isUrgent || (bodyBytesMax ?? .max) <= ServerLimits.urgentBodyBytesMax,
            "an urgent route must have a small limit for its body: \(method) \(pattern)")
        self.isUrgent = isUrgent
        self.executor = executor
        self.method = method
        self.pattern = pattern
        self.bodyBytesMax = bodyBytesMax
        self.handler = handler
    }
}
