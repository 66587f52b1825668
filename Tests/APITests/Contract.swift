import ControlPlane
import JSON

@testable import API

/// What every answer promises: its route's declaration, or the shape of a problem.
enum Contract {
    static func faults(in answer: Answer, of route: APIRoute) -> [String] {
        var faults: [String] = []
        if (answer.header("X-Request-ID") ?? "").isEmpty { faults.append("no X-Request-ID") }
        // The page's files tell nothing of anybody, and are asked for each time.
        let caching = route.isOfPage && answer.status < 400 ? "no-cache" : "no-store"
        if answer.header("Cache-Control") != caching { faults.append("may be cached") }
        for name in ["X-Content-Type-Options", "Content-Security-Policy", "Referrer-Policy"]
        where answer.response.headers.values(name).count != 1 {
            faults.append("not one \(name)")
        }
        let hasLimit = RateLimitState.fieldNames.map { answer.header($0) != nil }
        if hasLimit.contains(route.budget == nil) { faults.append("its limit is not told") }
        guard let declared = route.answers.first(where: { $0.status == answer.status }) else {
            let codes = route.problems.filter { $0.status == answer.status }.map(\.rawValue)
            if !codes.contains(answer.code ?? "") {
                faults.append("\(answer.status) \(answer.code ?? "") is not declared")
            }
            return faults + problemFaults(in: answer)
        }
        if declared.types.contains(where: {
            answer.header("Content-Type")?.hasPrefix($0) ?? false
        }) {
            return faults  // A text, which may be empty.
        }
        guard let schema = declared.schema else {
            let hasBody = !answer.response.body.isEmpty
            let isDocument = route.path == "/openapi.json"
            return hasBody == isDocument ? faults : faults + ["a body that is not declared"]
        }
        if answer.header("Content-Type") != "application/json" { faults.append("is not JSON") }
        return faults + shapeFaults(of: answer, schema)
    }

    static func problemFaults(in answer: Answer) -> [String] {
        guard answer.status >= 400 else { return ["\(answer.status) is not declared"] }
        var faults = shapeFaults(of: answer, Schemas.problem)
        if answer.status == 500 { faults.append("an error that nobody thought of: \(answer.text)") }
        if answer.header("Content-Type") != "application/problem+json" {
            faults.append("a problem of another type")
        }
        if [429, 503].contains(answer.status), answer.header("Retry-After") == nil {
            faults.append("does not say when to come again")
        }
        if answer["/status"] != .int(Int64(answer.status)) {
            faults.append("another status inside")
        }
        if answer["/requestId"]?.text != answer.header("X-Request-ID") {
            faults.append("another request id inside")
        }
        return faults
    }

    private static func shapeFaults(of answer: Answer, _ schema: ObjectSchema) -> [String] {
        guard let members = answer.json.members else { return ["no object: \(answer.text)"] }
        return schema.faults(in: members, at: "").map { "\($0.pointer) \($0.message)" }
    }
}

extension APIRoute {
    /// The dashboard's files.
    var isOfPage: Bool { path == "/" || path.hasPrefix("/assets/") }
}
