import ControlPlane
import Foundation
import HTTP

/// Lets a client repeat a request that creates or starts something, without its happening twice.
enum Idempotency {
    static let keyLengthMax = 255
    /// A token without room for another key gets some when its oldest one is forgotten.
    static let retryAfterSecondsMax = Int(IdempotencyKey.lifetime.components.seconds) + 1
    /// For the OpenAPI document.
    static let description =
        "For 24 hours a repetition of the request with this key gets the same answer, with "
        + "Idempotency-Replayed: true, and does nothing, also after a restart of the service. 409 "
        + "idempotencyKeyReused for another path or body, 409 idempotencyKeyInUse while the first "
        + "request is worked on, 410 idempotencyObjectGone for the rest of the 24 hours once what "
        + "it created was deleted, 429 tooManyIdempotencyKeys above \(IdempotencyKey.countMax) "
        + "keys. The answer stays the first one: a run is Pending or Queued in it for good, and "
        + "what has become of the run is read at its Location"

    /// Performs `work`, or gives the answer again that the same request got before.
    static func once(
        _ call: Call, _ work: APIRoute.Handler, recall: APIRoute.Recall,
        kept: (Response) -> Response
    ) async throws(Problem) -> Response {
        let keys = call.request.headers.values("Idempotency-Key")
        guard let text = keys.first else { return try await work(call) }
        guard keys.count == 1, (1...keyLengthMax).contains(text.count) else {
            throw Problem(
                .invalidIdempotencyKey,
                detail: "an Idempotency-Key is given once and has 1 to \(keyLengthMax) characters")
        }
        let key = IdempotencyKey(principal: call.principal.identity, key: text)
        let store = call.services.idempotency
        let claim = try await call.perform { () async throws(ControlPlaneError) in
            try await store.claim(
                key, digest: digest(of: call), newID: call.newID, at: call.services.time.now)
        }
        switch claim {
        case .answered(let answer): return answer.response
        case .granted(let id):
            CrashPoint.keyClaimed.reach()
            var call = call
            call.newID = id
            return try await create(call, key, work, recall, kept)
        case .created(let id): return try await answerAgain(call, id, key, recall)
        case .gone, .inProgress, .mismatch, .full: throw refusal(claim)
        }
    }

    private static func refusal(_ claim: IdempotencyClaim) -> Problem {
        switch claim {
        case .gone(let id): gone(id)
        case .mismatch:
            Problem(
                .idempotencyKeyReused,
                detail: "this Idempotency-Key was used for another request")
        case .full(let wait):
            Problem(
                .tooManyIdempotencyKeys,
                detail: "\(IdempotencyKey.countMax) keys were used within 24 hours",
                headers: ["Retry-After": "\(wait.components.seconds + 1)"])
        default:
            Problem(
                .idempotencyKeyInUse,
                detail: "the first request with this Idempotency-Key is still being worked on",
                headers: ["Retry-After": "1"])
        }
    }

    private static func gone(_ id: String) -> Problem {
        Problem(
            .idempotencyObjectGone,
            detail: "what this request created, \(id), was deleted since; another request needs "
                + "another Idempotency-Key")
    }

    private static func create(
        _ call: Call, _ key: IdempotencyKey, _ work: APIRoute.Handler,
        _ recall: APIRoute.Recall, _ kept: (Response) -> Response
    ) async throws(Problem) -> Response {
        let response: Response
        do throws(Problem) {
            response = try await work(call)
        } catch {
            // Refused, or failed by a store whose last word is that nothing was created.
            guard await release(key, call) == .some(false) else { throw error }
            // It was, by another process or by a write that was taken for lost.
            return try await answerAgain(call, call.newID, key, recall)
        }
        await complete(key, with: StoredAnswer(kept(response)), call)
        CrashPoint.answerStored.reach()
        return response
    }

    /// Answers a request that was cut off between the creation of its object and its answer.
    private static func answerAgain(
        _ call: Call, _ id: String, _ key: IdempotencyKey, _ recall: APIRoute.Recall
    ) async throws(Problem) -> Response {
        let response: Response?
        do throws(Problem) {
            response = try await recall(call, id)
        } catch {
            _ = await release(key, call)
            throw error
        }
        guard let response else {
            // Deleted since the claim. Ends the work on the key; that of an object stays taken.
            _ = await release(key, call)
            throw gone(id)
        }
        let answer = StoredAnswer(response)
        await complete(key, with: answer, call)
        return answer.response
    }

    /// A store that fails here changes nothing about what has happened, and so nothing about the
    /// answer: a repeat finds the object.
    private static func complete(
        _ key: IdempotencyKey, with answer: StoredAnswer, _ call: Call
    ) async {
        do throws(ControlPlaneError) {
            try await call.services.idempotency.complete(key, with: answer)
        } catch {
            logNotSettled(error, call)
        }
    }

    /// Nil when the store fails: a repeat finds out whether there is an object.
    private static func release(_ key: IdempotencyKey, _ call: Call) async -> Bool? {
        do throws(ControlPlaneError) {
            return try await call.services.idempotency.release(key)
        } catch {
            logNotSettled(error, call)
            return nil
        }
    }

    private static func logNotSettled(_ error: ControlPlaneError, _ call: Call) {
        call.services.logger.error(
            "idempotency key not settled",
            ["cause": .string(error.description), "requestId": .string(call.requestID)])
    }

    private static func digest(of call: Call) -> String {
        let head = "\(call.request.method) \(call.request.rawPath)\n"
        return Digest(of: Array(head.utf8) + call.request.body).hex
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
