/// Why a master did not do what it was asked, or why that is not known.
package enum LocustError: Error, Equatable, Sendable {
    /// The request was never sent: it would break HTTP, or Locust would misread it.
    case invalidRequest(LocustCall, reason: String)
    /// No connection: refused, host unknown, TLS not agreed on.
    case unreachable(LocustCall, reason: String)
    /// The connection broke before the answer was complete.
    case connectionLost(LocustCall, reason: String)
    case timedOut(LocustCall, limit: Duration)
    /// The calling task was cancelled while the call was under way.
    case cancelled(LocustCall)
    /// `success: false`. Host and custom arguments of the request may have been taken over.
    case refusedSwarm(LocustCall, message: String)
    /// The master runs with `--web-login`, which an API client cannot pass without a hook.
    case loginRequired(LocustCall)
    /// 401 or 403: a token hook or a proxy wants another token.
    case unauthorized(LocustCall, status: Int)
    /// What answers there is not a Locust master, or not under this path.
    case notLocust(LocustCall, reason: String)
    /// `excerpt` is the beginning of the answer, on one line.
    case unexpectedStatus(LocustCall, status: Int, excerpt: String)
    /// A successful answer that does not say what Locust says there.
    case badAnswer(LocustCall, reason: String)
    case tooLarge(LocustCall, bytesMax: Int)

    /// Whether the request may have taken effect although the call failed. True after a time-out
    /// or a broken connection: load may have been started, or stopped, all the same. False when
    /// the request surely was not sent or surely was turned down.
    package var outcomeUnknown: Bool {
        switch self {
        case .connectionLost, .timedOut, .cancelled, .badAnswer, .tooLarge: true
        // A proxy answers 502 or 504 for a master that may have heard it.
        case .unexpectedStatus(_, let status, _): !(300..<500).contains(status)
        case .invalidRequest, .unreachable, .refusedSwarm, .loginRequired, .unauthorized,
            .notLocust:
            false
        }
    }
}

extension LocustError: CustomStringConvertible {
    package var description: String { "cannot \(call): \(reason)" }

    package var call: LocustCall {
        switch self {
        case .invalidRequest(let call, _), .unreachable(let call, _), .connectionLost(let call, _),
            .timedOut(let call, _), .cancelled(let call), .refusedSwarm(let call, _),
            .loginRequired(let call), .unauthorized(let call, _), .notLocust(let call, _),
            .unexpectedStatus(let call, _, _), .badAnswer(let call, _), .tooLarge(let call, _):
            call
        }
    }

    private var reason: String {
        switch self {
        case .invalidRequest(_, let reason): reason
        case .unreachable(_, let reason): "\(reason); is the master running, and is the URL right?"
        case .connectionLost(_, let reason): "the connection was lost: \(reason)"
        case .timedOut(_, let limit): "no answer within \(limit)"
        case .cancelled: "cancelled before the answer"
        case .refusedSwarm(_, let message): "the master refused: \(message)"
        case .loginRequired:
            """
            the master runs with --web-login; give its locustfile a login_manager.request_loader \
            that accepts the bearer token, or drop --web-login and check the token in an \
            app.before_request hook
            """
        case .unauthorized(_, let status):
            "answered \(status): the token is missing or not accepted"
        case .notLocust(_, let reason): "this does not look like a Locust master: \(reason)"
        case .unexpectedStatus(_, let status, let excerpt): "answered \(status): \(excerpt)"
        case .badAnswer(_, let reason): "the answer is not understood: \(reason)"
        case .tooLarge(_, let bytesMax): "the answer is larger than \(bytesMax) bytes"
        }
    }
}
