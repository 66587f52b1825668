import ControlPlane
import TestSupport
import Testing

@testable import API

/// Every route for every kind of caller, on its own tenant's objects and on another's: each cell
/// has one status, which follows from the route's row and the caller's column, and no cell is
/// left out. A new route needs its row here and its permission in `PermissionTests.needs`; a new
/// role fails `every role has a column`. What narrows a caller further is a column of its own.
struct PermissionMatrixTests {
    /// What a caller with the permission is answered, about an object (or a place in the body) of
    /// its own tenant and of another one.
    struct Row {
        let own: Int
        let other: Int
        /// Whether it is of the tenant, and of none of its environments.
        let isOfTenant: Bool

        init(_ own: Int, other: Int, isOfTenant: Bool = false) {
            (self.own, self.other, self.isOfTenant) = (own, other, isOfTenant)
        }

        /// For what shows each caller its own, or says the same to all.
        static let same = Row(200, other: 200)
    }

    static let rows: [String: Row] = [
        "POST /v1/load-tests": Row(201, other: 422),
        "GET /v1/load-tests": .same,
        "GET /v1/load-tests/{id}": Row(200, other: 404),
        "PUT /v1/load-tests/{id}": Row(200, other: 404),
        "DELETE /v1/load-tests/{id}": Row(204, other: 404),
        "POST /v1/load-tests/{id}/runs": Row(202, other: 404),
        "GET /v1/load-tests/{id}/runs": .same,  // Of an unknown load test there are none.
        "GET /v1/runs": .same,
        "GET /v1/runs/{id}": Row(200, other: 404),
        "POST /v1/runs/{id}/stop": Row(202, other: 404),
        "POST /v1/runs/{id}/users": Row(202, other: 404),
        // The run that is asked about needs no approval; `PermissionTests` has one that does.
        "POST /v1/runs/{id}/approve": Row(409, other: 404),
        "POST /v1/runs/{id}/reject": Row(409, other: 404),
        "GET /v1/runs/{id}/metrics": Row(200, other: 404),
        "GET /v1/runs/{id}/summary": Row(200, other: 404),
        "GET /v1/runs/{id}/timeline": Row(200, other: 404),
        "GET /v1/runs/{id}/comparison": Row(200, other: 404),
        "GET /v1/runs/{id}/events": Row(200, other: 404),
        "GET /v1/events": .same,
        "GET /v1/runs/{id}/report": Row(200, other: 404),
        "GET /v1/runs/{id}/export": Row(200, other: 404),
        "POST /v1/runs/{id}/shares": Row(201, other: 404),
        "GET /v1/runs/{id}/shares": Row(200, other: 404),
        "DELETE /v1/runs/{id}/shares/{shareId}": Row(204, other: 404),
        "GET /shared/{secret}": .same,  // Who has the link sees the report, whoever they are.
        "POST /v1/schedules": Row(201, other: 422),
        "GET /v1/schedules": .same,
        "GET /v1/schedules/preview": .same,
        "GET /v1/schedules/{id}": Row(200, other: 404),
        "PUT /v1/schedules/{id}": Row(200, other: 404),
        "DELETE /v1/schedules/{id}": Row(204, other: 404),
        "GET /v1/schedules/{id}/ticks": Row(200, other: 404),
        "POST /v1/suites": Row(201, other: 422),
        "GET /v1/suites": .same,
        "GET /v1/suites/{id}": Row(200, other: 404),
        "PUT /v1/suites/{id}": Row(200, other: 404),
        "DELETE /v1/suites/{id}": Row(204, other: 404),
        "POST /v1/suites/{id}/start": Row(202, other: 404),
        "GET /v1/suiteruns": .same,
        "GET /v1/suiteruns/{id}": Row(200, other: 404),
        "POST /v1/suiteruns/{id}/stop": Row(202, other: 404),
        "POST /v1/tests": Row(202, other: 422),
        "GET /v1/tests": .same,
        "GET /v1/tests/{id}": Row(200, other: 404),
        "POST /v1/tests/{id}/stop": Row(202, other: 404),
        "GET /v1/clusters": .same,
        "GET /v1/clusters/{id}/credentials": Row(200, other: 404),
        "PUT /v1/clusters/{id}/credentials": Row(200, other: 404),
        "DELETE /v1/clusters/{id}/credentials": Row(204, other: 404),
        "GET /v1/audit": .same,
        "GET /v1/audit/export": .same,
        "GET /v1/audit/head": .same,
        "GET /v1/tenants": .same,
        "GET /v1/environments": .same,
        "POST /v1/emergency-stop": Row(201, other: 422),
        "GET /v1/emergency-stop": .same,
        "GET /v1/emergency-stop/{id}": Row(200, other: 404, isOfTenant: true),
        "DELETE /v1/emergency-stop/{id}": Row(204, other: 404),
        "POST /v1/webhooks": Row(201, other: 422),
        "GET /v1/webhooks": .same,
        "GET /v1/webhooks/{id}": Row(200, other: 404),
        "PUT /v1/webhooks/{id}": Row(200, other: 404),
        "DELETE /v1/webhooks/{id}": Row(204, other: 404),
        "POST /v1/webhooks/{id}/rotate-secret": Row(200, other: 404),
        "POST /v1/webhooks/{id}/test": Row(202, other: 404),
        "GET /v1/webhooks/{id}/deliveries": Row(200, other: 404),
        "GET /v1/webhooks/{id}/deliveries/{deliveryId}": Row(200, other: 404),
        "POST /v1/webhooks/{id}/deliveries/{deliveryId}/redeliver": Row(202, other: 404),
        "POST /v1/tokens": Row(201, other: 422),
        "GET /v1/tokens": .same,
        "GET /v1/tokens/{id}": Row(200, other: 404),
        "DELETE /v1/tokens/{id}": Row(204, other: 404),
        "POST /v1/users": Row(201, other: 422),
        "GET /v1/users": .same,
        "GET /v1/users/{id}": Row(200, other: 404),
        "PUT /v1/users/{id}": Row(200, other: 404),
        "DELETE /v1/users/{id}": Row(204, other: 404),
        "POST /v1/users/{id}/disable": Row(200, other: 404),
        "POST /v1/users/{id}/enable": Row(200, other: 404),
        "POST /v1/users/{id}/password": Row(204, other: 404),
        "POST /auth/login": .same,  // Who knows the password is let in, whoever else they are.
        "POST /auth/refresh": .same,
        "POST /auth/logout": Row(204, other: 204),
        "POST /auth/password": Row(204, other: 204),
        "POST /v1/callbacks/test-start": .same,  // The shared token is of all tenants.
        "POST /v1/callbacks/metrics": .same,
        "POST /v1/callbacks/test-stop": .same,
        "GET /health": .same,
        "GET /ready": .same,
        "GET /openapi.json": .same,
        "GET /metrics": .same,
        "GET /v1/me": .same,
        "GET /": .same,  // The page is for everybody: it has no numbers of its own.
        "GET /assets/{name}": .same,
        "GET /assets/{folder}/{name}": .same,
    ]

    /// Who asks.
    enum Column: String, CaseIterable, Sendable {
        case noToken, unknownToken, runToken
        case viewer, `operator`, editor, admin, administrator, callback
        /// Editors of the environment of the first tenant's object, and of another one.
        case editorOfEnvironment, editorOfOtherEnvironment

        var role: Role? { Role(rawValue: rawValue) }

        /// What it may, written out and not read from the roles.
        var permissions: Set<Permission> {
            switch self {
            case .noToken, .unknownToken: []
            case .runToken, .callback: [.report]
            case .viewer: [.read]
            case .operator: [.read, .start]
            case .editor, .editorOfEnvironment, .editorOfOtherEnvironment:
                [.read, .start, .configure]
            case .admin, .administrator: [.read, .start, .configure, .administer]
            }
        }

        /// Whether all tenants are its own.
        var isOfAllTenants: Bool { self == .administrator || self == .callback }

        var caller: Caller? {
            switch self {
            case .noToken, .runToken: nil
            case .unknownToken: Caller(token: "a-token-that-nobody-knows")
            case .editorOfEnvironment:
                Caller("of-dev", .editor, .environments(["dev"], of: "tenant-1"))
            case .editorOfOtherEnvironment:
                Caller("of-staging", .editor, .environments(["staging"], of: "tenant-1"))
            default: Caller.all.first { $0.principal.role == role && $0.isOfFirstTenant }
            }
        }
    }

    /// The status of one cell.
    static func expected(_ row: Row, _ needed: Permission?, _ column: Column, isOwn: Bool) -> Int {
        let isSeen = isOwn && (column != .editorOfOtherEnvironment || row.isOfTenant)
        let status = isSeen || column.isOfAllTenants ? row.own : row.other
        guard let needed else { return status }
        guard column != .noToken, column != .unknownToken else { return 401 }
        guard column.permissions.contains(needed) else { return 403 }
        // A run's token is, for any other run, one that nobody knows.
        return column == .runToken && !isOwn ? 401 : status
    }

    @Test func `every route has a row`() {
        let names = Routes.all.map { "\($0.method) \($0.path)" }
        #expect(Set(names) == Set(Self.rows.keys))
        #expect(Set(PermissionTests.needs.keys) == Set(Self.rows.keys))
    }

    @Test func `every role has a column, with a caller`() {
        #expect(Set(Role.allCases) == Set(Column.allCases.compactMap(\.role)))
        for column in Column.allCases where column.role != nil {
            #expect(column.caller?.principal.role == column.role)
            #expect(column.role?.permissions == column.permissions)
        }
    }

    @Test(arguments: Routes.all.map { "\($0.method) \($0.path)" }, [true, false])
    func `each cell is answered as it is written`(name: String, isOwn: Bool) async throws {
        let route = try #require(Routes.all.first { "\($0.method) \($0.path)" == name })
        let row = try #require(Self.rows[name])
        let needed = try #require(PermissionTests.needs[name])
        var probe: Probe?
        for column in Column.allCases {
            let fresh = if let probe { probe } else { try await scene(isOwn: isOwn) }
            let caller = column == .runToken ? try await hook(of: fresh, isOwn) : column.caller
            let before = try await fresh.service.contents()
            let answer = try await fresh.ask(route, as: caller)
            let expected = Self.expected(row, needed, column, isOwn: isOwn)
            #expect(answer.status == expected, "\(column.rawValue): \(answer.text)")
            if expected >= 400 {
                #expect(try await fresh.service.contents() == before, "it must change nothing")
            }
            // What has changed is no place for the next caller any more.
            probe = expected < 300 && route.method != "GET" ? nil : fresh
        }
    }

    /// With room for one more run wherever there is one.
    private static let roomy = Catalog(
        tenants: Catalog.usual.tenants,
        clusters: Catalog.usual.clusters + [.locust("spare", ("tenant-2", "prod"))])

    private func scene(isOwn: Bool) async throws -> Probe {
        let probe = try await Probe(
            isOwn ? .tenantOne : .tenantTwo, catalog: Self.roomy, takesCallbackTokens: true)
        let callers = Column.allCases.filter { $0 != .unknownToken }.compactMap(\.caller)
        probe.service.services.authenticator.replace(callers.map { ($0.token, $0.principal) })
        return probe
    }

    /// The token of the run that is asked about, or of another.
    private func hook(of probe: Probe, _ isOwn: Bool) async throws -> Caller {
        var run = probe.run
        if !isOwn {
            run = try await probe.service.startRun(.test().with(["targetUsers": 1]))
            await probe.service.untilOrdered(run)
        }
        let cluster = probe.service.cluster
        _ = await eventually { cluster.callbackToken(of: RunID(run)) != nil }
        return Caller(token: try #require(cluster.callbackToken(of: RunID(run))))
    }
}

extension Caller {
    fileprivate var isOfFirstTenant: Bool { principal.scope.knows(tenant: "tenant-1") }
}
