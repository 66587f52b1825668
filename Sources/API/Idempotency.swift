import ControlPlane
import Foundation
import HTTP

/// Lets a client repeat a request that creates or starts something, without its happening twice.
enum Idempotency {
    static let keyLengthMax = 255

    /// Performs `work`, or gives the answer again that the same request got before.
    static func once(
        _ call: Call, _ work: () async throws(Problem) -> Response
    ) async throws(Problem) -> Response {
        let keys = call.request.headers.values("Idempotency-Key")
        guard let text = keys.first else { return try await work() }
        guard keys.count == 1, (1...keyLengthMax).contains(text.count) else {
            throw Problem(
                status: 400, code: "invalidIdempotencyKey",
                detail: "an Idempotency-Key is given once and has 1 to \(keyLengthMax) characters")
        }
        let key = IdempotencyKey(principal: principalText(call.principal), key: text)
        let store = call.services.idempotency
        let claim = try await call.perform { () async throws(ControlPlaneError) in
            try await store.claim(key, digest: digest(of: call), at: call.services.time.now)
        }
        switch claim {
        case .answered(let answer):
            return answer.response
        case .mismatch:
            throw Problem(
                status: 409, code: "idempotencyKeyReused",
                detail: "this Idempotency-Key was used for another request")
        case .inProgress:
            throw Problem(
                status: 409, code: "idempotencyKeyInUse",
                detail: "the first request with this Idempotency-Key is still being worked on",
                headers: ["Retry-After": "1"])
        case .granted:
            return try await perform(work, for: key, call)
        }
    }

    private static func perform(
        _ work: () async throws(Problem) -> Response, for key: IdempotencyKey, _ call: Call
    ) async throws(Problem) -> Response {
        let response: Response
        do throws(Problem) {
            response = try await work()
        } catch {
            // Nothing was created: the same key may try again.
            await settle(key, call) { () async throws(ControlPlaneError) in
                try await call.services.idempotency.release(key)
            }
            throw error
        }
        await settle(key, call) { () async throws(ControlPlaneError) in
            try await call.services.idempotency.complete(key, with: StoredAnswer(response))
        }
        return response
    }

    /// A store that fails here changes nothing about what has happened, and so nothing about the
    /// answer. The key then stays taken until the next start: better no repetition than a second
    /// run.
    private static func settle(
        _ key: IdempotencyKey, _ call: Call, _ work: () async throws(ControlPlaneError) -> Void
    ) async {
        do {
            try await work()
        } catch {
            call.services.logger.error(
                "idempotency key not settled",
                ["cause": .string(error.description), "requestId": .string(call.requestID)])
        }
    }

    private static func digest(of call: Call) -> String {
        let head = "\(call.request.method) \(call.request.rawPath)\n"
        return Digest(of: Array(head.utf8) + call.request.body).hex
    }

    private static func principalText(_ principal: Principal) -> String {
        switch principal.scope {
        case .everything: "/\(principal.name)"
        case .tenant(let id): "\(id)/\(principal.name)"
        }
    }
}

extension StoredAnswer {
    init(_ response: Response) {
        var headers: [String: String] = [:]
        for (name, value) in response.headers { headers[name] = value }
        self.init(status: response.status, headers: headers, body: response.body)
    }

    var response: Response {
        var fields = HeaderFields()
        for (name, value) in headers.sorted(by: { $0.key < $1.key }) { fields.add(name, value) }
        fields.set("Idempotency-Replayed", "true")
        return Response(status: status, headers: fields, body: body)
    }
}
