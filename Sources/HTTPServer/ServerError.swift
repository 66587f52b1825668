import HTTP

/// What the server itself answers, before or instead of a handler.
package enum ServerError: Error, Equatable, Sendable {
    /// The bytes were no request, or not one within the limits.
    case message(MessageError)
    case notFound
    /// The path exists; the server adds the `Allow` field.
    case methodNotAllowed
    /// Head or body did not arrive in time.
    case requestTimeout
    /// `Expect` asked for something other than `100-continue`.
    case expectationFailed
    case tooManyConnections
    /// Plain HTTP on a port where TLS is spoken.
    case tlsExpected
    /// The bodies of all requests together are as large as the server allows.
    case tooManyBodies
    /// A handler's response cannot be sent: its status or a field of it is not HTTP.
    case invalidResponse
}

extension ServerError {
    /// Every one there is, for documents.
    package static let all: [ServerError] =
        MessageError.allCases.filter { !$0.isOfResponses }.map { .message($0) } + [
            .notFound, .methodNotAllowed, .requestTimeout, .expectationFailed,
            .tooManyConnections, .tlsExpected, .tooManyBodies, .invalidResponse,
        ]

    package var status: Int {
        switch self {
        case .message(let error): error.status
        case .notFound: 404
        case .methodNotAllowed: 405
        case .tlsExpected: 400
        case .requestTimeout: 408
        case .expectationFailed: 417
        case .tooManyConnections, .tooManyBodies: 503
        case .invalidResponse: 500
        }
    }

    /// A name for programs, in camel case.
    package var code: String {
        switch self {
        case .message(let error): error.rawValue
        case .notFound: "notFound"
        case .methodNotAllowed: "methodNotAllowed"
        case .requestTimeout: "requestTimeout"
        case .expectationFailed: "expectationFailed"
        case .tooManyConnections: "tooManyConnections"
        case .tlsExpected: "tlsExpected"
        case .tooManyBodies: "tooManyBodies"
        case .invalidResponse: "invalidResponse"
        }
    }

    /// The plain answer of a server that was not given another.
    package var plainResponse: Response {
        var response = Response(
            status: status, headers: ["Content-Type": "text/plain; charset=utf-8"],
            body: Array("\(self)\n".utf8))
        if isPassing { response.headers.set("Retry-After", "1") }
        return response
    }

    /// Whether the same request may well be served a moment later.
    package var isPassing: Bool { self == .tooManyConnections || self == .tooManyBodies }
}

extension ServerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .message(let error): error.description
        case .notFound: "there is nothing at this path"
        case .methodNotAllowed: "this path does not support the method"
        case .requestTimeout: "the request did not arrive in time"
        case .expectationFailed: "100-continue is the only expectation met here"
        case .tooManyConnections: "the server has as many connections as it accepts"
        case .tlsExpected: "TLS is spoken here: ask by https"
        case .tooManyBodies: "the server holds as many request bodies as it can"
        case .invalidResponse: "the server made a response that cannot be sent"
        }
    }
}
