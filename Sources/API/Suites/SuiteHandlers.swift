import ControlPlane
import HTTP
import JSON

enum SuiteHandlers {
    static func create(_ call: Call) async throws(Problem) -> Response {
        let suite = Suite(
            id: SuiteID(call.newID), spec: try await SuiteFields.spec(from: call), version: 1,
            audit: Audit(
                at: call.services.time.now, by: call.principal.name,
                claimed: call["createdBy"]?.text))
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.insert(suite)
        }
        return response(201, suite, lastRun: nil, location: true)
    }

    /// One that was changed meanwhile was created from the body of this very request.
    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.suite(SuiteID(id), in: call.scope)
        }
        guard var found else { return nil }
        if found.version > 1 {
            found.spec = try await SuiteFields.spec(from: call)
            found.version = 1
        }
        found.audit = found.audit.asCreated
        return response(201, found, lastRun: nil, location: true)
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        var query = SuiteQuery(scope: call.scope, page: try Pages.request(call))
        query.tenantID = call.query("tenantId")
        query.envID = call.query("envId")
        query.text = call.query("q")
        let wanted = query
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.suites(wanted)
        }
        let last = try await lastRuns(of: page.items, call)
        return Pages.response(page, call) { $0.json(lastRun: last[$0.id]) }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        let suite = try await find(call)
        return response(200, suite, lastRun: try await lastRuns(of: [suite], call)[suite.id])
    }

    static func replace(_ call: Call) async throws(Problem) -> Response {
        let old = try await find(call)
        try call.checkVersion(old.version)
        let spec = try await SuiteFields.spec(from: call)
        guard spec.environment == old.spec.environment else {
            throw .invalid([
                FieldError(
                    pointer: spec.tenantId == old.spec.tenantId ? "/envId" : "/tenantId",
                    message: "cannot be changed; define a new suite")
            ])
        }
        var suite = old
        suite.spec = spec
        suite.version += 1
        suite.audit.updatedAt = call.services.time.now
        suite.audit.updatedBy = call.principal.name
        let changed = suite
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.update(changed)
        }
        return response(200, changed, lastRun: try await lastRuns(of: [old], call)[old.id])
    }

    static func delete(_ call: Call) async throws(Problem) -> Response {
        let suite = try await find(call)
        try call.checkVersion(suite.version)
        let version = call.request.headers["If-Match"] == nil ? nil : suite.version
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.delete(suite.id, version: version, in: call.scope)
        }
        return Response(status: 204)
    }

    static func find(_ call: Call) async throws(Problem) -> Suite {
        let id = SuiteID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.suite(id, in: call.scope)
        }
        guard let found else { throw .notFound("suite \(id)") }
        return found
    }

    private static func lastRuns(of suites: [Suite], _ call: Call) async throws(Problem)
        -> [SuiteID: SuiteRun]
    {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.history.lastRuns(of: suites.map(\.id))
        }
    }

    private static func response(
        _ status: Int, _ suite: Suite, lastRun: SuiteRun?, location: Bool = false
    ) -> Response {
        var headers: HeaderFields = ["ETag": "\"\(suite.version)\""]
        if location { headers.set("Location", "/v1/suites/\(suite.id)") }
        return .json(status, suite.json(lastRun: lastRun), headers: headers)
    }
}
