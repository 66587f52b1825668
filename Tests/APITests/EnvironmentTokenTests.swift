import ControlPlane
import JSON
import TestSupport
import Testing

@testable import API

/// A token for one environment of a tenant: what is in the tenant's others does not exist for it.
struct EnvironmentTokenTests {
    /// Two environments of one tenant with a load test, a run, a token and a user each.
    private struct Scene {
        let service: TestService
        /// An administrator of dev alone.
        let caller: Caller
        private(set) var ids: [String: [String: String]] = [:]

        init() async throws {
            service = try TestService()
            caller = try await service.issue(
                .token("dev admin", ["role": "admin", "envIds": ["dev"]])
            ).caller
            for environment in ["dev", "staging"] {
                let place: [String: JSONValue?] = ["envId": .string(environment)]
                let run = try await service.startRun(.test(place), as: .admin)
                await service.untilOrdered(run)
                let share = try await service.ask(
                    "POST", "/v1/runs/\(run)/shares", as: .administrator)
                let token = JSONValue.token(
                    "of \(environment)", ["envIds": [.string(environment)]])
                let loadTest = try await service.define(.loadTest(place), as: .admin)
                let schedule = try await service.ask(
                    "POST", "/v1/schedules", .schedule(of: loadTest, place), as: .admin)
                let suite = try await service.ask(
                    "POST", "/v1/suites", .suite(of: [[loadTest]], place), as: .admin)
                let suiteRun = try await service.ask(
                    "POST", "/v1/suites/\(try suite.id())/start", as: .admin)
                let webhook = try await service.ask(
                    "POST", "/v1/webhooks", .webhook(place), as: .admin)
                let delivery = try await service.ask(
                    "POST", "/v1/webhooks/\(try webhook.id())/test", as: .admin)
                ids[environment] = [
                    "load-tests": loadTest, "schedules": try schedule.id(),
                    "suites": try suite.id(), "suiteruns": try suiteRun.id(),
                    "webhooks": try webhook.id(), "deliveries": try delivery.id(),
                    "clusters": environment == "dev" ? "first" : "shared",
                    "runs": run, "tests": run, "shares": try share.id(),
                    "tokens": try await service.issue(token).id,
                    "users": try await service.addUser(
                        "of-\(environment)", ["envIds": [.string(environment)]]),
                ]
            }
        }

        /// - Parameter environment: whose object is asked for; of an unknown one it is an unknown
        ///   object.
        func ask(_ route: APIRoute, about environment: String) async throws -> Answer {
            let kind = route.path.split(separator: "/").dropFirst().first.map(String.init) ?? ""
            let id = ids[environment]?[kind] ?? "unknown"
            let share = ids[environment]?["shares"] ?? "unknown"
            let delivery = ids[environment]?["deliveries"] ?? "unknown"
            let loadTest = ids[environment]?["load-tests"] ?? "unknown"
            let place: [String: JSONValue?] = ["envId": .string(environment)]
            let body: JSONValue? =
                switch route.body?.name {
                case "LoadTestInput": .loadTest(place)
                case "TestInput": .test(place)
                case "TokenInput": .token("new", ["envIds": [.string(environment)]])
                case "UserInput": .user("new", ["envIds": [.string(environment)]])
                case "ScheduleInput": .schedule(of: loadTest, place)
                case "SuiteInput": .suite(of: [[loadTest]], place)
                case "WebhookInput": .webhook(place)
                case "WebhookChange": ["name": "changed"]
                case "UserChange": ["role": "viewer", "envIds": [.string(environment)]]
                case "PasswordInput": ["password": "another password"]
                case "UsersInput": ["targetUsers": 1]
                case "ClusterCredentialsInput": ["authToken": "token-of-the-master"]
                case "CallbackInput": .callback(id, sequence: 1)
                case nil: nil
                default: [:]
                }
            let path = route.path.replacing("{id}", with: id)
                .replacing("{shareId}", with: share).replacing("{deliveryId}", with: delivery)
            let query = path.hasSuffix("/preview") ? "?cron=@daily" : ""
            return try await service.ask(route.method, path + query, body, as: caller)
        }

        func problem(_ answer: Answer, about environment: String) -> String {
            let all = (ids[environment] ?? [:]).values.reduce(answer.problem()) {
                $0.replacing($1, with: "ID")
            }
            return all.replacing("unknown", with: "ID").replacing(environment, with: "ENV")
        }
    }

    /// An emergency stop is nobody's but the whole tenant's, or the service's.
    private static let routes = Routes.all.filter {
        $0.permission != nil && !$0.path.hasPrefix("/v1/emergency-stop")
    }

    @Test(arguments: routes.map { "\($0.method) \($0.path)" })
    func `another environment's object is told apart from none by nothing`(name: String)
        async throws
    {
        let route = try #require(Self.routes.first { "\($0.method) \($0.path)" == name })
        let scene = try await Scene()
        // Its first use is a change of the list of tokens.
        try await scene.service.ask("GET", "/v1/tenants", as: scene.caller)
        let before = try await scene.service.contents()
        let takesPlace = [
            "LoadTestInput", "TestInput", "TokenInput", "UserInput", "ScheduleInput",
            "SuiteInput", "WebhookInput",
        ].contains(route.body?.name ?? "")
        guard route.path.contains("{id}") || takesPlace else {
            let answer = try await scene.ask(route, about: "staging")
            #expect(answer.status == (route.permission == .report ? 403 : 200))
            let secrets = ["staging", "shared"] + (scene.ids["staging"] ?? [:]).values
            for secret in secrets { #expect(!answer.text.contains(secret), "\(secret)") }
            return
        }
        let other = try await scene.ask(route, about: "staging")
        let none = try await scene.ask(route, about: "nowhere")
        #expect(other.status == none.status)
        #expect(
            scene.problem(other, about: "staging") == scene.problem(none, about: "nowhere"))
        if name != "GET /v1/load-tests/{id}/runs" {
            #expect([404, 422].contains(other.status), "\(other.text)")
        }
        #expect(try await scene.service.contents() == before, "it must change nothing")
        let own = try await scene.ask(route, about: "dev")
        // The tenant's two runs are there already, and need no approval.
        let isElsewhere = ["limitReached", "notAwaitingApproval"].contains(own.code ?? "")
        #expect(own.status < 300 || isElsewhere, "\(own.text)")
    }

    @Test func `lists have only what is in the environment, whatever is asked for`() async throws {
        let scene = try await Scene()
        let (dev, staging) = (scene.ids["dev"] ?? [:], scene.ids["staging"] ?? [:])
        for (path, kind) in [
            ("/v1/load-tests", "load-tests"), ("/v1/runs", "runs"), ("/v1/tests", "tests"),
        ] {
            for query in ["", "?tenantId=tenant-1", "?sort=createdAt", "?q=front"] {
                let answer = try await scene.service.ask("GET", path + query, as: scene.caller)
                #expect(answer.ids == [try #require(dev[kind])], "\(path)\(query)")
            }
            let other = try await scene.service.ask(
                "GET", path + "?envId=staging", as: scene.caller)
            #expect(other.ids == [])
        }
        let runs = try await scene.service.ask(
            "GET", "/v1/runs?loadTestId=\(staging["load-tests"] ?? "")", as: scene.caller)
        #expect(runs.ids == [])
        let clusters = try await scene.service.ask("GET", "/v1/clusters", as: scene.caller)
        #expect(clusters.ids == ["first", "second"])
        let tenants = try await scene.service.ask("GET", "/v1/tenants", as: scene.caller)
        #expect(tenants["/items/0/environments"] == ["dev"])
    }

    @Test func `a refusal does not tell of another environment's runs`() async throws {
        let scene = try await Scene()
        let (dev, staging) = (scene.ids["dev"] ?? [:], scene.ids["staging"] ?? [:])
        // The tenant may have two runs at a time, and has one in each environment.
        let full = try await scene.service.ask("POST", "/v1/tests", .test(), as: scene.caller)
        #expect(full.code == "limitReached")
        #expect(full["/runIds"] == [.string(dev["runs"] ?? "")])
        #expect(!full.text.contains(staging["runs"] ?? "-"))
        // A definition that was moved here with a run that goes on there.
        try await scene.service.end(staging["runs"] ?? "")
        let moved = try await scene.service.define(.loadTest(["envId": "staging"]), as: .admin)
        let path = "/v1/load-tests/\(moved)"
        let run = try await scene.service.ask("POST", path + "/runs", [:], as: .admin).id()
        try await scene.service.ask("PUT", path, .loadTest(), as: .admin)
        let inUse = try await scene.service.ask("DELETE", path, as: scene.caller)
        #expect(inUse.code == "loadTestInUse")
        #expect(!inUse.text.contains(run))
        #expect(try await scene.service.ask("GET", path + "/runs", as: scene.caller).ids == [])
    }

    @Test func `nothing is moved into or given for an environment that is not the caller's`()
        async throws
    {
        let scene = try await Scene()
        let path = "/v1/load-tests/\(scene.ids["dev"]?["load-tests"] ?? "")"
        let moved = try await scene.service.ask(
            "PUT", path, .loadTest(["envId": "staging"]), as: scene.caller)
        #expect(moved.pointers == ["/envId"])
        let bodies: [(JSONValue, String)] = [
            (.token("t"), "/envIds"), (.token("t", ["envIds": .null]), "/envIds"),
            (.token("t", ["envIds": ["dev", "staging"]]), "/envIds/1"),
        ]
        for (body, pointer) in bodies {
            let answer = try await scene.service.ask("POST", "/v1/tokens", body, as: scene.caller)
            #expect(answer.pointers == [pointer])
            #expect(!answer.messages.joined().contains("staging"))
        }
        let whole = try await scene.service.issue(.token("whole")).id
        let answer = try await scene.service.ask("DELETE", "/v1/tokens/\(whole)", as: scene.caller)
        #expect(answer.status == 404)
    }
}
