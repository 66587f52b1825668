import ControlPlane
import HTTP
import JSON

enum SuiteRunHandlers {
    static func start(_ call: Call) async throws(Problem) -> Response {
        let suite = try await SuiteHandlers.find(call)
        let run = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.suiteRunner.start(
                suite, as: SuiteRunID(call.newID), requester: call.principal.identity,
                by: call.principal.name, claimed: call["createdBy"]?.text,
                labels: BaselineFields.labels(call["labels"]) ?? [:])
        }
        return accepted(run)
    }

    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.suiteRun(SuiteRunID(id), in: call.scope)
        }
        return found.map(accepted)
    }

    private static func accepted(_ run: SuiteRun) -> Response {
        .json(202, run.asAccepted.json, headers: ["Location": "/v1/suiteruns/\(run.id)"])
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        var query = SuiteRunQuery(scope: call.scope, page: try Pages.request(call))
        query.tenantID = call.query("tenantId")
        query.envID = call.query("envId")
        query.suiteID = call.query("suiteId").map(SuiteID.init)
        let wanted = query
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.suiteRuns(wanted)
        }
        return Pages.response(page, call) { $0.json }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        let id = SuiteRunID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.suiteRun(id, in: call.scope)
        }
        guard let found else { throw .notFound("suite run \(id)") }
        return .json(200, found.json)
    }

    static func stop(_ call: Call) async throws(Problem) -> Response {
        let run = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.suiteRunner.stop(
                SuiteRunID(call.parameter("id")), in: call.scope, by: call.principal.name)
        }
        AuditDraft.current?.describe(
            AuditChange("suiteRun.stop", of: .suiteRun(run), after: run.audited))
        return .json(run.state == .finished ? 200 : 202, run.json)
    }
}
