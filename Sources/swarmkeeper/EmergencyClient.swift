import Foundation
import JSON
import Locust

/// Asks a running service for what must not fail because it was slow or away for a moment, and may
/// be asked for again.
struct EmergencyClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: JSONValue
    }

    /// There was no answer to be had in time.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Pause behind the first try; it doubles up to the longest.
    static let pauseMin = Duration.milliseconds(200)
    static let pauseMax = Duration.seconds(5)
    /// For one answer: a service that hangs is asked anew.
    static let callMax = Duration.seconds(15)

    private let baseURL: String
    private let token: String
    private let patience: Duration
    private let transport: SocketTransport

    /// - Parameters:
    ///   - patience: how long to try.
    ///   - caFile: who may vouch for the service, instead of the system's authorities.
    init(baseURL: String, token: String, patience: Duration, caFile: String? = nil)
        throws(ArgumentError)
    {
        // A line break would begin a header of its own.
        guard token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw ArgumentError(message: "the token must be printable ASCII without spaces")
        }
        transport = SocketTransport.shared.with(caFile: caFile)
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.token = token
        self.patience = patience
    }

    /// Asks until there is an answer that another try would not change: 429, and what the service
    /// cannot do for the moment, are tried again. To be used for what may be repeated.
    func call(_ method: String, _ path: String, _ body: JSONValue? = nil)
        async throws(Failure) -> Answer
    {
        var headers = ["Authorization": "Bearer \(token)"]
        if body != nil { headers["Content-Type"] = "application/json" }
        let request = TransportRequest(
            method: method, url: baseURL + path, headers: headers, body: body?.encodedBytes)
        let end = ContinuousClock.now + patience
        var pause = Self.pauseMin
        while true {
            let cause: String
            switch await attempt(request, until: end) {
            case .success(let answer) where ![429, 502, 503, 504].contains(answer.status):
                return Answer(status: answer.status, body: Self.json(answer.body))
            case .success(let answer):
                cause =
                    "\(answer.status) " + (Self.json(answer.body)["detail"]?.text ?? "no detail")
            case .failure(let failure): cause = failure.description
            }
            guard ContinuousClock.now + pause < end else {
                throw Failure(description: "\(baseURL): \(cause)")
            }
            // Cut short, the next try comes at once and is the last.
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    private func attempt(_ request: TransportRequest, until end: ContinuousClock.Instant) async
        -> Result<TransportAnswer, Failure>
    {
        let limit = min(Self.callMax, max(.seconds(1), end - .now))
        return await withTaskGroup(of: Result<TransportAnswer, Failure>.self) { group in
            group.addTask {
                do throws(TransportError) {
                    return .success(try await transport.send(request))
                } catch {
                    return .failure(Failure(description: Self.text(error)))
                }
            }
            group.addTask {
                // Cancelled as soon as there is an answer, which is then the first.
                try? await Task.sleep(for: limit)
                return .failure(Failure(description: "no answer in time"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(Failure(description: "no answer"))
        }
    }

    private static func text(_ error: TransportError) -> String {
        switch error {
        case .unreachable(let cause): cause
        case .lost(let cause): "the connection was lost: \(cause)"
        case .tooLarge: "the answer is too large"
        case .cancelled: "no answer in time"
        }
    }

    /// Null for what is no JSON, which says nothing that could be shown.
    private static func json(_ body: [UInt8]) -> JSONValue {
        (try? JSONReader.document(body)) ?? .null
    }
}
