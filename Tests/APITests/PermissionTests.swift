import Addresses
import ControlPlane
import JSON
import TestSupport
import Testing

@testable import API

/// Every route for every role, on objects of the caller's own tenant and of another one.
struct PermissionTests {
    /// What each route needs. A new route fails `every route is here` until somebody has thought
    /// about who may use it.
    static let needs: [String: Permission?] = [
        "POST /v1/load-tests": .configure,
        "GET /v1/load-tests": .read,
        "GET /v1/load-tests/{id}": .read,
        "PUT /v1/load-tests/{id}": .configure,
        "DELETE /v1/load-tests/{id}": .configure,
        "POST /v1/load-tests/{id}/runs": .start,
        "GET /v1/load-tests/{id}/runs": .read,
        "GET /v1/runs": .read,
        "GET /v1/runs/{id}": .read,
        "POST /v1/runs/{id}/stop": .start,
        "POST /v1/runs/{id}/users": .start,
        "POST /v1/runs/{id}/approve": .start,
        "POST /v1/runs/{id}/reject": .start,
        "GET /v1/runs/{id}/metrics": .read,
        "GET /v1/runs/{id}/summary": .read,
        "GET /v1/runs/{id}/timeline": .read,
        "GET /v1/runs/{id}/comparison": .read,
        "GET /v1/runs/{id}/events": .read,
        "GET /v1/events": .read,
        "GET /v1/runs/{id}/report": .read,
        "GET /v1/runs/{id}/export": .read,
        "POST /v1/runs/{id}/shares": .start,
        "GET /v1/runs/{id}/shares": .read,
        "DELETE /v1/runs/{id}/shares/{shareId}": .start,
        "GET /shared/{secret}": nil,
        "POST /v1/schedules": .configure,
        "GET /v1/schedules": .read,
        "GET /v1/schedules/preview": .read,
        "GET /v1/schedules/{id}": .read,
        "PUT /v1/schedules/{id}": .configure,
        "DELETE /v1/schedules/{id}": .configure,
        "GET /v1/schedules/{id}/ticks": .read,
        "POST /v1/suites": .configure,
        "GET /v1/suites": .read,
        "GET /v1/suites/{id}": .read,
        "PUT /v1/suites/{id}": .configure,
        "DELETE /v1/suites/{id}": .configure,
        "POST /v1/suites/{id}/start": .start,
        "GET /v1/suiteruns": .read,
        "GET /v1/suiteruns/{id}": .read,
        "POST /v1/suiteruns/{id}/stop": .start,
        "POST /v1/tests": .start,
        "GET /v1/tests": .read,
        "GET /v1/tests/{id}": .read,
        "POST /v1/tests/{id}/stop": .start,
        "GET /v1/clusters": .read,
        "GET /v1/tenants": .read,
        "GET /v1/environments": .read,
        "POST /v1/emergency-stop": .administer,
        "GET /v1/emergency-stop": .read,
        "GET /v1/emergency-stop/{id}": .read,
        "DELETE /v1/emergency-stop/{id}": .administer,
        "POST /v1/webhooks": .administer,
        "GET /v1/webhooks": .administer,
        "GET /v1/webhooks/{id}": .administer,
        "PUT /v1/webhooks/{id}": .administer,
        "DELETE /v1/webhooks/{id}": .administer,
        "POST /v1/webhooks/{id}/rotate-secret": .administer,
        "POST /v1/webhooks/{id}/test": .administer,
        "GET /v1/webhooks/{id}/deliveries": .administer,
        "GET /v1/webhooks/{id}/deliveries/{deliveryId}": .administer,
        "POST /v1/webhooks/{id}/deliveries/{deliveryId}/redeliver": .administer,
        "POST /v1/tokens": .administer,
        "GET /v1/tokens": .administer,
        "GET /v1/tokens/{id}": .administer,
        "DELETE /v1/tokens/{id}": .administer,
        "POST /v1/users": .administer,
        "GET /v1/users": .administer,
        "GET /v1/users/{id}": .administer,
        "PUT /v1/users/{id}": .administer,
        "DELETE /v1/users/{id}": .administer,
        "POST /v1/users/{id}/disable": .administer,
        "POST /v1/users/{id}/enable": .administer,
        "POST /v1/users/{id}/password": .administer,
        "POST /auth/login": nil,
        "POST /auth/refresh": nil,
        "POST /auth/logout": nil,
        "POST /auth/password": nil,
        "POST /v1/callbacks/test-start": .report,
        "POST /v1/callbacks/metrics": .report,
        "POST /v1/callbacks/test-stop": .report,
        "GET /v1/clusters/{id}/credentials": .administer,
        "PUT /v1/clusters/{id}/credentials": .administer,
        "DELETE /v1/clusters/{id}/credentials": .administer,
        "GET /v1/audit": .administer,
        "GET /v1/audit/export": .administer,
        "GET /v1/audit/head": .administer,
        "GET /health": nil,
        "GET /ready": nil,
        "GET /openapi.json": nil,
        "GET /metrics": .read,
        "GET /v1/me": .read,
        "GET /": nil,
        "GET /assets/{name}": nil,
        "GET /assets/{folder}/{name}": nil,
    ]

    /// Who has what, written out once more and not read from the roles.
    static let holders: [Permission: Set<Role>] = [
        .read: [.viewer, .operator, .editor, .admin, .administrator],
        .start: [.operator, .editor, .admin, .administrator],
        .configure: [.editor, .admin, .administrator],
        .administer: [.admin, .administrator],
        .report: [.callback],
    ]

    @Test func `every route is here`() {
        let routes = Routes.all.map { "\($0.method) \($0.path)" }
        #expect(Set(routes) == Set(Self.needs.keys))
        #expect(Set(routes).count == routes.count)
    }

    @Test func `a role has the permissions that it is documented to have`() {
        for permission in Permission.allCases {
            for role in Role.allCases {
                let may = Principal(name: "", role: role, scope: .everything).may(permission)
                #expect(may == Self.holders[permission]?.contains(role), "\(role) \(permission)")
            }
        }
    }

    @Test(arguments: Routes.all.map { "\($0.method) \($0.path)" })
    func `a route is open to whom it should be and to nobody else`(name: String) async throws {
        let route = try #require(Routes.all.first { "\($0.method) \($0.path)" == name })
        let needed = try #require(Self.needs[name])
        let nobody = try await Probe(.tenantOne, for: route).ask(route, as: nil)
        #expect(needed == nil ? nobody.status < 300 : nobody.status == 401)
        var probe = try await Probe(.tenantOne, for: route)
        for caller in Caller.all where caller.principal.scope != .tenant("tenant-2") {
            let answer = try await probe.ask(route, as: caller)
            let hasChanged = answer.status < 300 && route.method != "GET"
            let may = needed.map { Self.holders[$0, default: []].contains(caller.principal.role) }
            if may ?? true {
                #expect(route.answers.contains { $0.status == answer.status }, "\(answer.text)")
            } else {
                #expect(answer.status == 403, "\(caller.principal.name)")
            }
            if hasChanged { probe = try await Probe(.tenantOne, for: route) }
        }
    }

    /// Logins and links are nobody's object: who knows the password, or the link, is let in.
    @Test(
        arguments: Routes.all.map { "\($0.method) \($0.path)" }
            .filter { !$0.contains(" /auth/") && !$0.contains(" /shared/") })
    func `another tenant's object is told apart from none by nothing`(name: String) async throws {
        let route = try #require(Routes.all.first { "\($0.method) \($0.path)" == name })
        let other = try await Probe(.tenantTwo, for: route)
        let none = try await Probe(.nobody, for: route)
        let before = try await other.service.contents()
        for caller in [Caller.viewer, .operator, .editor, .admin] {
            let answer = try await other.ask(route, as: caller)
            let unknown = try await none.ask(route, as: caller)
            #expect(answer.status == unknown.status)
            #expect(other.withoutIDs(answer) == none.withoutIDs(unknown))
            if route.path.contains("{id}"), route.path != "/v1/load-tests/{id}/runs" {
                #expect(answer.status == 404 || answer.status == 403)
            }
            #expect(try await other.service.contents() == before, "it must change nothing")
        }
    }

    @Test func `lists and the catalog show nothing of another tenant`() async throws {
        let probe = try await Probe(.tenantTwo)
        for path in [
            "/v1/load-tests", "/v1/runs", "/v1/tests", "/v1/clusters", "/v1/tenants",
            "/v1/environments", "/v1/audit", "/v1/audit/export", "/v1/emergency-stop",
            "/v1/runs?tenantId=tenant-2",
            "/v1/load-tests?tenantId=tenant-2",
            "/v1/runs?loadTestId=\(probe.loadTest)", "/v1/load-tests/\(probe.loadTest)/runs",
            "/v1/tokens", "/v1/tokens?tenantId=tenant-2", "/v1/users",
            "/v1/schedules", "/v1/schedules?tenantId=tenant-2", "/v1/suites",
            "/v1/suites?envId=prod", "/v1/suiteruns", "/v1/suiteruns?suiteId=\(probe.suite)",
            "/v1/users?tenantId=tenant-2",
            "/v1/users?tenantId=tenant-2", "/v1/webhooks",
            "/v1/webhooks?tenantId=tenant-2",
        ] {
            let answer = try await probe.service.ask("GET", path, as: .admin)
            #expect(answer.status == 200)
            for secret in [
                "tenant-2", "Search", "prod", probe.run, probe.loadTest, probe.token, probe.user,
                probe.schedule, probe.suite, probe.suiteRun,
                probe.webhook,
            ] {
                #expect(!answer.text.contains(secret), "\(path) shows \(secret)")
            }
        }
    }

    @Test func `the administrator sees all tenants`() async throws {
        let probe = try await Probe(.tenantTwo)
        #expect(
            try await probe.service.ask("GET", "/v1/tenants", as: .administrator).ids
                == ["tenant-1", "tenant-2"])
        #expect(
            try await probe.service.ask("GET", "/v1/clusters", as: .administrator).ids
                == ["first", "second", "shared", "other"])
        #expect(
            try await probe.service.ask("GET", "/v1/clusters", as: .editorOfOther).ids
                == ["shared", "other"])
        let run = try await probe.service.ask("GET", "/v1/runs/\(probe.run)", as: .administrator)
        #expect(run.status == 200)
    }
}

/// A service with one load test, one run and one token of one tenant, and requests about them.
struct Probe {
    enum Owner { case tenantOne, tenantTwo, nobody }

    let service: TestService
    let loadTest: String
    let run: String
    /// One that the tenant has for itself.
    let cluster: String
    /// An emergency stop that stops nothing here.
    let stop: String
    let token: String
    let user: String
    let schedule: String
    let suite: String
    let suiteRun: String
    let webhook: String
    /// A notice on its way to it.
    let delivery: String
    /// A link to the run's report: its id, and its path.
    let share: (id: String, path: String)
    /// What its user's login was answered.
    private let login: JSONValue
    private let place: (tenant: String, environment: String)

    /// - Parameter route: what is to be asked; a run that is to be approved awaits that.
    init(
        _ owner: Owner, for route: APIRoute? = nil, catalog: Catalog = .usual,
        takesCallbackTokens: Bool = false
    ) async throws {
        let isAboutApproval = ["/approve", "/reject"].contains {
            route?.path.hasSuffix($0) == true
        }
        service = try TestService(catalog: isAboutApproval ? .guarded : catalog)
        service.cluster.behave { $0.takesCallbackTokens = takesCallbackTokens }
        switch owner {
        case .tenantOne: (place, cluster) = (("tenant-1", "dev"), "first")
        case .tenantTwo: (place, cluster) = (("tenant-2", "prod"), "other")
        case .nobody:
            place = ("tenant-3", "prod")
            (loadTest, run, token) = ("no-load-test", "no-run", "no-token")
            (user, login, cluster, stop) = ("no-user", .null, "no-cluster", "no-stop")
            share = ("no-share", "/shared/no-secret")
            (schedule, suite, suiteRun) = ("no-schedule", "no-suite", "none-of-suites")
            (webhook, delivery) = ("no-webhook", "no-delivery")
            return
        }
        let changes: [String: JSONValue?] = [
            "tenantId": .string(place.tenant), "envId": .string(place.environment),
        ]
        loadTest = try await service.define(.loadTest(changes), as: .administrator)
        if isAboutApproval {
            run = try await service.awaitingRun(in: place)
        } else {
            run = try await service.startRun(
                .test(changes).with(["targetUsers": 1]), as: .administrator)
            let (service, id) = (service, run)
            await service.untilOrdered(id)
        }
        let link = try await service.ask("POST", "/v1/runs/\(run)/shares", as: .administrator)
        share = (try link.id(), try #require(link["/url"]?.text))
        stop = try await service.orchestrator.impose(
            EmergencyStop(
                id: "stop-of-\(place.tenant)", reach: .host, tenantID: place.tenant,
                host: TargetPattern(.host("elsewhere.example")), reason: "of \(place.tenant)",
                isServiceWide: false, createdAt: service.time.now, createdBy: "somebody")
        ).stop.id
        token = try await service.ask(
            "POST", "/v1/tokens", .token("probe", ["tenantId": .string(place.tenant)]),
            as: .administrator
        ).id()
        let tenant = JSONValue.string(place.tenant)
        user = try await service.ask(
            "POST", "/v1/users", .user("anna", ["tenantId": tenant]), as: .administrator
        ).id()
        schedule = try await service.ask(
            "POST", "/v1/schedules", .schedule(of: loadTest, changes), as: .administrator
        ).id()
        suite = try await service.ask(
            "POST", "/v1/suites", .suite(of: [[loadTest]], changes), as: .administrator
        ).id()
        suiteRun = try await service.ask(
            "POST", "/v1/suites/\(suite)/start", as: .administrator
        ).id()
        login = try await service.ask(
            "POST", "/auth/login", .login("anna", ["tenantId": tenant]), as: nil
        ).json
        webhook = try await service.ask(
            "POST", "/v1/webhooks", .webhook(["tenantId": tenant]), as: .administrator
        ).id()
        delivery = try await service.ask(
            "POST", "/v1/webhooks/\(webhook)/test", as: .administrator
        ).id()
    }

    func ask(_ route: APIRoute, as caller: Caller?) async throws -> Answer {
        let id =
            switch true {
            case route.path.hasPrefix("/v1/load-tests"): loadTest
            case route.path.hasPrefix("/v1/clusters"): cluster
            case route.path.hasPrefix("/v1/tokens"): token
            case route.path.hasPrefix("/v1/users"): user
            case route.path.hasPrefix("/v1/schedules"): schedule
            case route.path.hasPrefix("/v1/suites"): suite
            case route.path.hasPrefix("/v1/suiteruns"): suiteRun
            case route.path.hasPrefix("/v1/webhooks"): webhook
            case route.path.hasPrefix("/v1/emergency-stop"): stop
            default: run
            }
        let changes: [String: JSONValue?] = [
            "tenantId": .string(place.tenant), "envId": .string(place.environment),
        ]
        let body: JSONValue? =
            switch route.body?.name {
            case "LoadTestInput": .loadTest(changes)
            case "TestInput": .test(changes).with(["targetUsers": 1])
            case "TokenInput": .token("new", ["tenantId": .string(place.tenant)])
            case "UsersInput": ["targetUsers": 1]
            case "WebhookInput": .webhook(["tenantId": .string(place.tenant)])
            case "WebhookChange": ["name": "changed"]
            case "ClusterCredentialsInput": ["authToken": "token-of-the-master"]
            case "EmergencyStopInput":
                [
                    "scope": "host", "host": "nowhere.example", "reason": "a probe",
                    "tenantId": .string(place.tenant),
                ]
            case "UserInput": .user("new", ["tenantId": .string(place.tenant)])
            case "ScheduleInput": .schedule(of: loadTest, changes)
            case "SuiteInput": .suite(of: [[loadTest]], changes)
            case "UserChange": ["role": "viewer"]
            case "PasswordInput": ["password": "another password"]
            case "LoginInput": .login("anna", ["tenantId": .string(place.tenant)])
            case "OwnPasswordInput":
                .login(
                    "anna", ["tenantId": .string(place.tenant), "newPassword": "twelve letters"])
            case "RefreshInput": ["refreshToken": login["refreshToken"] ?? ""]
            case "CallbackInput": .callback(run, sequence: 1)
            case nil: nil
            default: [:]
            }
        let target = route.path.replacing("{id}", with: id)
            .replacing("{shareId}", with: share.id)
            .replacing("{deliveryId}", with: delivery)
            .replacing("/shared/{secret}", with: share.path)
            .replacing("{folder}", with: "pages")
            .replacing("{name}", with: route.path.contains("{folder}") ? "runs.js" : "app.js")
        let query = route.path.hasSuffix("/preview") ? "?cron=@daily" : ""
        return try await service.ask(route.method, target + query, body, as: caller)
    }

    /// The answer without the ids that this probe asked with.
    func withoutIDs(_ answer: Answer) -> String {
        answer.problem(
            replacing: loadTest, run, token, user, stop, share.id, schedule, suite, suiteRun,
            webhook, delivery,
            "cluster \(cluster)")
    }
}

extension Catalog {
    /// The usual one, of which every environment is protected.
    fileprivate static let guarded: Catalog = {
        var policy = StartPolicy()
        policy.approval = ApprovalPolicy(approvers: .start)
        return Catalog(
            tenants: usual.tenants.map { tenant in
                Tenant(
                    id: tenant.id, name: tenant.name, environments: tenant.environments,
                    limits: tenant.limits,
                    environmentPolicies: Dictionary(
                        uniqueKeysWithValues: tenant.environments.map { ($0, policy) }))
            }, clusters: usual.clusters)
    }()
}

extension TestService {
    /// The id of a run that awaits approval, by none of the callers.
    fileprivate func awaitingRun(in place: (tenant: String, environment: String)) async throws
        -> String
    {
        try await orchestrator.start(
            RunRequest(
                id: RunID("run-of-\(place.tenant)"), loadTestID: nil,
                spec: LoadTestSpec(
                    name: "n", tenantId: place.tenant, envId: place.environment,
                    targetUrl: "https://shop.example"),
                plan: RunPlan(targetUsers: 1, spawnRate: 1, durationSeconds: 60)),
            by: "somebody"
        ).id.text
    }
}
