import HTTP
import HTTPServer

/// What every answer says to browsers, and whose pages may read it.
package struct AnswerPolicy: Equatable, Sendable {
    /// Origins as browsers write them, `https://board.example:8443`; empty lets no page of another
    /// origin read anything.
    package var allowedOrigins: [String] = []
    /// For how long browsers shall ask by TLS alone, once they did; 0 makes them forget it.
    package var strictTransportSeconds = 31_536_000
    /// Whether the server itself speaks TLS.
    package var isTLS = false

    package init() {}

    /// Puts the fields on an answer that all have. Where a handler has set one of them, that
    /// stays.
    func mark(_ response: inout Response, to request: Request, id: String) {
        mark(&response, id: id, isSecure: request.isSecure)
        share(&response, with: request)
    }

    /// The same for an answer to what was not read as a request.
    func mark(_ response: inout Response, to error: ServerError, id: String) {
        mark(&response, id: id, isSecure: isTLS && error != .tlsExpected)
        vary(&response)
    }

    private func mark(_ response: inout Response, id: String, isSecure: Bool) {
        response.headers.set("X-Request-ID", id)
        let fields = [
            // A proxy or a browser's history must not give one caller's numbers to another.
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
            // What is no page loads nothing, and is shown within none.
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Referrer-Policy", "no-referrer"),
        ]
        for (name, value) in fields where response.headers[name] == nil {
            response.headers.add(name, value)
        }
        // RFC 6797, section 7.2: never in plain HTTP, where anybody could have written it.
        guard isSecure else { return }
        response.headers.set("Strict-Transport-Security", "max-age=\(strictTransportSeconds)")
    }
}

// MARK: Other origins

extension AnswerPolicy {
    /// How long a browser need not ask again before it asks.
    static let preflightSeconds = 600
    /// Fields of requests that a page may set.
    static let requestFields =
        "Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-ID, "
        + "traceparent, tracestate"
    /// Fields of answers that a page may read besides those that it always may.
    static let answerFields =
        "Content-Disposition, ETag, Idempotency-Replayed, Location, Retry-After, X-Next-Cursor, "
        + "X-Request-ID, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
        + "traceresponse"

    /// Says whether a page of the request's origin may read the answer, as the Fetch standard has
    /// it (section 3.2). Cookies are never asked for: callers are known by a field that their
    /// script sets.
    private func share(_ response: inout Response, with request: Request) {
        guard !allowedOrigins.isEmpty else { return }
        vary(&response)
        let origins = request.headers.values("Origin")
        guard origins.count == 1, allowedOrigins.contains(origins[0]) else { return }
        response.headers.set("Access-Control-Allow-Origin", origins[0])
        guard request.method == "OPTIONS",
            request.headers["Access-Control-Request-Method"] != nil,
            let methods = response.headers["Allow"]
        else {
            response.headers.set("Access-Control-Expose-Headers", Self.answerFields)
            return
        }
        response.headers.set("Access-Control-Allow-Methods", methods)
        response.headers.set("Access-Control-Allow-Headers", Self.requestFields)
        response.headers.set("Access-Control-Max-Age", "\(Self.preflightSeconds)")
    }

    /// Also of an answer to a request without an origin: with one it would have been another.
    private func vary(_ response: inout Response) {
        guard !allowedOrigins.isEmpty, !response.headers.values("Vary").contains("Origin") else {
            return
        }
        response.headers.add("Vary", "Origin")
    }
}
