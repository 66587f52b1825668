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
        guard let text = call.request.headers["Idempotency-Key"] else { return try await work() }
        guard (1...keyLengthMax).contains(text.count) else {
            throw Problem(
                status: 400, code: "invalidIdempotencyKey",
                detail: "an Idempotency-Key has 1 to \(keyLengthMax) characters")
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
        let store = call.services.idempotency
        do throws(Problem) {
            let response = try await work()
            try await call.perform { () async throws(ControlPlaneError) in
                try await store.complete(key, with: StoredAnswer(response))
            }
            return response
        } catch {
            // Nothing was created: the same key may try again.
            try await call.perform { () async throws(ControlPlaneError) in
                try await store.release(key)
            }
            throw error
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
