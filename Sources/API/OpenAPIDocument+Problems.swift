import HTTPServer
import JSON

/// The answers that are errors, from what each route refuses.
extension OpenAPIDocument {
    /// Every `Problem.code` there is, once.
    static let problemCodes: [String] = {
        let server = ServerError.all.map(\.code)
        return Set(ProblemCode.allCases.map(\.rawValue) + server).sorted()
    }()

    static func problemResponses(of route: APIRoute) -> [String: JSONValue] {
        var meanings: [Int: [String]] = [:]
        for code in ProblemCode.allCases where route.problems.contains(code) {
            meanings[code.status, default: []].append("`\(code.rawValue)`: \(code.meaning)")
        }
        if route.body != nil {
            let bytes = route.bodyBytesMax ?? ServerLimits().bodyBytesMax
            let code = ServerError.message(.bodyTooLarge).code
            meanings[413] = ["`\(code)`: the body has more than \(bytes) bytes"]
        }
        if !route.isUrgent {
            meanings[503, default: []] += [ServerError.tooManyConnections, .tooManyBodies]
                .map { "`\($0.code)`: \($0.description)" }
        }
        var responses: [String: JSONValue] = ["default": reference]
        for (status, texts) in meanings {
            let mayPass =
                status == 429 || status == 503
                || route.problems.contains { $0.status == status && $0 == .idempotencyKeyInUse }
            responses["\(status)"] = problem(
                texts.joined(separator: "; "),
                headers: rateHeaders(of: route).merging(mayPass ? retryAfter : [:]) { $1 })
        }
        return responses
    }

    /// What every operation answers to what is not HTTP as it is spoken here.
    static var commonResponses: [String: JSONValue] {
        var codes: [Int: [String]] = [:]
        for error in ServerError.all where !error.isPassing {
            codes[error.status, default: []].append("`\(error.code)`")
        }
        let texts = codes.sorted { $0.key < $1.key }.map { status, names in
            "\(status) \(names.joined(separator: ", "))"
        }
        return [
            responseName: problem(
                "What the server answers before any operation: " + texts.joined(separator: "; "))
        ]
    }

    /// The fields of an answer to a request that can be repeated with its key.
    static var replayedHeader: [String: JSONValue] {
        [
            "Idempotency-Replayed": .object([
                "description": .string("With the answer that the first request was given"),
                "schema": Schema.oneOf(["true"]).json,
            ])
        ]
    }

    /// The fields that say where the caller stands with its limit.
    static func rateHeaders(of route: APIRoute) -> [String: JSONValue] {
        guard route.budget != nil else { return [:] }
        let meanings = [
            "Requests that may come at once", "How many of them are left now",
            "Seconds until all of them are there again",
        ]
        return Dictionary(
            uniqueKeysWithValues: zip(RateLimitState.fieldNames, meanings).map { name, meaning in
                let members: [String: JSONValue] = [
                    "description": .string(meaning), "schema": Schema.count.json,
                ]
                return (name, .object(members))
            })
    }

    private static let responseName = "ServerProblem"

    private static let reference = JSONValue.object([
        "$ref": .string("#/components/responses/\(responseName)")
    ])

    private static let retryAfter: [String: JSONValue] = [
        "Retry-After": .object([
            "description": .string("Seconds after which to come again"),
            "schema": Schema.integer(0...Idempotency.retryAfterSecondsMax).json,
        ])
    ]

    private static func problem(
        _ description: String, headers: [String: JSONValue] = [:]
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "description": .string(description),
            "content": content("application/problem+json", .reference(Schemas.problem)),
        ]
        if !headers.isEmpty { members["headers"] = .object(headers) }
        return .object(members)
    }
}
