import ControlPlane
import Foundation
import HTTP
import JSON

enum LoadTestHandlers {
    static func create(_ call: Call) async throws(Problem) -> Response {
        let spec = try await Definitions.spec(from: call, .ofDefinition)
        try await BaselineFields.checkPin(of: spec, for: nil, call)
        let audit = Audit(
            at: call.services.time.now, by: call.principal.name,
            claimed: call["createdBy"]?.text)
        let test = LoadTest(
            id: LoadTestID(call.newID), spec: spec, version: 1, audit: audit)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.insert(test)
        }
        return response(201, test, location: true)
    }

    /// A definition that was changed meanwhile was created from the body of this very request.
    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.loadTest(LoadTestID(id), in: call.scope)
        }
        guard let found else { return nil }
        let spec =
            found.version == 1 ? found.spec : try await Definitions.spec(from: call, .ofDefinition)
        let test = LoadTest(id: found.id, spec: spec, version: 1, audit: found.audit.asCreated)
        return response(201, test, location: true)
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        var query = LoadTestQuery(scope: call.scope, page: try Pages.request(call))
        query.tenantID = call.query("tenantId")
        query.envID = call.query("envId")
        query.tags = call.queries("tag")
        query.createdBy = call.query("createdBy")
        query.text = call.query("q")
        if let sort: Sort<LoadTestQuery.SortField> = Pages.sort(call) { query.sort = sort }
        let wanted = query
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.loadTests(wanted)
        }
        return Pages.response(page, call) { $0.json }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        response(200, try await find(call))
    }

    static func replace(_ call: Call) async throws(Problem) -> Response {
        var test = try await find(call)
        try call.checkVersion(test.version)
        let spec = try await Definitions.spec(from: call, .ofDefinition)
        guard spec.tenantId == test.spec.tenantId else {
            throw .invalid([
                FieldError(
                    pointer: "/tenantId", message: "cannot be changed; define a new load test")
            ])
        }
        // A pipeline that puts its file with each build makes a version with each change of it.
        guard spec != test.spec else { return response(200, test) }
        try await BaselineFields.checkPin(of: spec, for: test, call)
        test.spec = spec
        test.version += 1
        test.audit.updatedAt = call.services.time.now
        test.audit.updatedBy = call.principal.name
        let changed = test
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.update(changed)
        }
        return response(200, changed)
    }

    static func delete(_ call: Call) async throws(Problem) -> Response {
        let test = try await find(call)
        try call.checkVersion(test.version)
        let version = call.request.headers["If-Match"] == nil ? nil : test.version
        try await call.perform { () async throws(ControlPlaneError) in
            try await RunHandlers.showingOwn(call) { () async throws(ControlPlaneError) in
                try await call.services.loadTests.delete(
                    test.id, version: version, in: call.scope)
            }
        }
        return Response(status: 204)
    }

    static func find(_ call: Call) async throws(Problem) -> LoadTest {
        let id = LoadTestID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.loadTests.loadTest(id, in: call.scope)
        }
        guard let found else { throw .notFound("load test \(id)") }
        return found
    }

    private static func response(_ status: Int, _ test: LoadTest, location: Bool = false)
        -> Response
    {
        var headers: HeaderFields = ["ETag": "\"\(test.version)\""]
        if location { headers.set("Location", "/v1/load-tests/\(test.id)") }
        return .json(status, test.json, headers: headers)
    }
}
