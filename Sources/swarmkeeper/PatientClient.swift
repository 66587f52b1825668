import ControlPlane
import JSON
import Locust

/// Asks a running service for what must not fail because it was slow or away for a moment, and may
/// be asked for again.
struct PatientClient: Sendable {
    struct Answer: Sendable {
        let status: Int
        /// By lower-case name.
        let headers: [String: String]
        let bytes: [UInt8]
        /// Null for what is no JSON.
        let body: JSONValue

        init(_ answer: TransportAnswer) {
            status = answer.status
            headers = answer.headers
            bytes = answer.body
            // No JSON comes from something before the service, which its status tells of.
            body = (try? JSONReader.document(answer.body)) ?? .null
        }

        /// Whether another try may bring another answer: the service is busy, restarts, or is gone
        /// behind a proxy that answers in its place.
        var isPassing: Bool {
            [408, 429, 500, 502, 503, 504].contains(status)
                || status == 409 && body["code"]?.text == "idempotencyKeyInUse"
        }

        /// Whether the service itself says that it has not even begun: what comes from something
        /// before it, or behind a fault, may have been done all the same.
        var isWithoutEffect: Bool {
            let code = body["code"]?.text ?? ""
            return status == 429 && !code.isEmpty
                || status == 503 && ["overloaded", "startingUp", "shuttingDown"].contains(code)
        }

        var cause: String { "\(status) " + (body["detail"]?.text ?? "no detail") }
    }

    /// There was no answer to be had in time.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// Whether each try was refused by the service, or reached nobody: nothing was done.
        var isWithoutEffect = false
    }

    /// Pause behind the first try; it doubles up to the longest.
    static let pauseMin = Duration.milliseconds(200)
    static let pauseMax = Duration.seconds(5)
    /// Longest pause that a service may ask for.
    static let retryAfterMax = Duration.seconds(60)
    /// For one answer: a service that hangs is asked anew.
    static let callMax = Duration.seconds(15)

    let service: ServiceClient
    let time: any TimeSource
    /// How long to try.
    var patience: Duration
    /// The moment by `time.uptime` at which all trying ends; nil for none. It may come nearer while
    /// a call is on.
    var limit: @Sendable () -> Duration? = { nil }
    /// Is told the cause of each new try.
    var onTrouble: @Sendable (String) -> Void = { _ in }

    /// Asks until there is an answer that another try would not change. To be used for what may be
    /// repeated, for its nature or by an `Idempotency-Key`.
    func call(
        _ method: String, _ path: String, _ body: JSONValue? = nil,
        headers: [String: String] = [:], accept: String? = nil
    ) async throws(Failure) -> Answer {
        let plain = service.request(method, path, body, accept: accept)
        let request = TransportRequest(
            method: method, url: plain.url, headers: plain.headers.merging(headers) { $1 },
            body: plain.body)
        let end = time.uptime + patience
        var pause = Self.pauseMin
        var isWithoutEffect = true
        while true {
            var wait = pause
            let cause: String
            switch await attempt(request, until: nearest(end)) {
            case .success(let answer) where !answer.isPassing: return answer
            case .success(let answer):
                cause = answer.cause
                isWithoutEffect = isWithoutEffect && answer.isWithoutEffect
                if let seconds = answer.headers["retry-after"].flatMap({ Int($0) }) {
                    wait = max(wait, min(.seconds(max(0, seconds)), Self.retryAfterMax))
                }
            case .failure(let failure):
                cause = failure.description
                isWithoutEffect = isWithoutEffect && failure.isWithoutEffect
            }
            guard !Task.isCancelled, time.uptime + wait < nearest(end) else {
                throw Failure(
                    description: "\(service.baseURL): \(cause)", isWithoutEffect: isWithoutEffect)
            }
            onTrouble(cause)
            // Cut short, the next look at the task ends it.
            try? await pauseFor(wait)
            pause = min(pause * 2, Self.pauseMax)
        }
    }

    private func nearest(_ end: Duration) -> Duration { limit().map { min(end, $0) } ?? end }

    /// In steps, as the limit may have come nearer.
    private func pauseFor(_ duration: Duration) async throws {
        let end = time.uptime + duration
        while time.uptime < end {
            try await time.sleep(until: min(end, time.uptime + .seconds(1)))
            if let limit = limit(), time.uptime >= limit { return }
        }
    }

    private func attempt(_ request: TransportRequest, until end: Duration) async
        -> Result<Answer, Failure>
    {
        let limit = min(Self.callMax, max(.seconds(1), end - time.uptime))
        return await withTaskGroup(of: Result<Answer, Failure>.self) { group in
            group.addTask { [transport = service.transport] in
                do throws(TransportError) {
                    return .success(Answer(try await transport.send(request)))
                } catch {
                    return .failure(Failure(error))
                }
            }
            group.addTask {
                // Cancelled as soon as there is an answer, which is then the first.
                try? await time.sleep(for: limit)
                return .failure(Failure(description: "no answer in time"))
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(Failure(description: "no answer"))
        }
    }

}

extension PatientClient.Failure {
    fileprivate init(_ error: TransportError) {
        switch error {
        case .unreachable(let cause): self.init(description: cause, isWithoutEffect: true)
        case .lost(let cause): self.init(description: "the connection was lost: \(cause)")
        case .tooLarge: self.init(description: "the answer is too large")
        case .cancelled: self.init(description: "no answer in time")
        }
    }
}

extension PatientClient {
    /// More pages than any list that a person looks through.
    private static let pagesMax = 1000

    /// Everything that a list of the service has, page by page; or the answer that is none.
    ///
    /// - Parameter path: with its query.
    func items(of path: String) async throws(Failure) -> Result<[JSONValue], Refusal> {
        var items: [JSONValue] = []
        var cursor: String?
        for _ in 0..<Self.pagesMax {
            let next = cursor.map { "&cursor=\(ServiceClient.encoded($0))" } ?? ""
            let answer = try await call("GET", path + next)
            guard answer.status == 200 else { return .failure(Refusal(answer: answer)) }
            items += answer.body["items"]?.items ?? []
            cursor = answer.body["nextCursor"]?.text
            if cursor == nil { break }
        }
        return .success(items)
    }

    /// An answer that says no.
    struct Refusal: Error {
        let answer: Answer
    }
}
