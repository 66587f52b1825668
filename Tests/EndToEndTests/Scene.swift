import Foundation
import JSON
import TestSupport

/// A control plane, a target, and a real Locust cluster with our hooks, all wired together.
struct Scene {
    let service: Service
    let target: Target
    let locust: LocustProcesses

    static let hooks = LocustSetup.Locustfile.path(Repository.locustfile)

    /// Requests without our hook module, so that only polling tells of them.
    static let withoutHooks = LocustSetup.Locustfile.text(
        """
        from locust import HttpUser, constant, task
        class Plain(HttpUser):
            wait_time = constant(0.05)
            @task(3)
            def page(self):
                self.client.get("/page")
            @task
            def other(self):
                self.client.post("/other", data=b"x")
        """)

    /// The body of a definition of tenant red for this target.
    func definition(users: Int = 10, seconds: Double = 8) -> [String: any Sendable] {
        [
            "name": "End to end", "tenantId": "red", "envId": "dev", "targetUrl": target.url,
            "defaultUsers": users, "defaultSpawnRate": 10, "defaultDurationSeconds": seconds,
        ]
    }

    /// The body of an ad-hoc run of tenant red.
    func test(users: Int = 10, seconds: Double = 8) -> [String: any Sendable] {
        [
            "name": "End to end", "tenantId": "red", "envId": "dev", "targetUrl": target.url,
            "targetUsers": users, "spawnRate": 10, "durationSeconds": seconds,
        ]
    }

    /// Starts an ad-hoc run and returns its id.
    func start(users: Int = 10, seconds: Double = 8) async throws -> String {
        let answer = try await service.client().post(
            "/v1/tests", test(users: users, seconds: seconds))
        guard answer.status == 202, let id = answer["id"]?.text else {
            throw HarnessError("not started: \(answer.body)")
        }
        return id
    }

    /// The run once it is in one of these states.
    func run(_ id: String, in states: String..., within limit: Duration = .seconds(90)) async throws
        -> JSONValue
    {
        let end = ContinuousClock.now + limit
        var last = JSONValue.null
        while ContinuousClock.now < end {
            // A service that is down for the moment is asked again.
            if let answer = try? await service.client().get("/v1/runs/\(id)") {
                last = answer.body
                if let state = last["state"]?.text, states.contains(state) { return last }
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError("the run is not \(states): \(last)\n\(service.log)\n\(locust.logs)")
    }

    /// The run with numbers that say more than `count` requests.
    func run(_ id: String, beyond count: Int) async throws -> JSONValue {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            let run = try await service.client().get("/v1/runs/\(id)").body
            if let requests = run["lastMetrics"]?["totalRequests"]?.integer, requests > count {
                return run
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw HarnessError("no numbers come:\n\(service.log)\n\(locust.logs)")
    }
}

/// Runs `body` with everything up; all of it ends with the body.
///
/// - Parameters:
///   - callbackURL: where hooks report instead of to the service.
///   - callbackToken: what hooks report with where their run has no token.
func withScene<Result>(
    locustfile: LocustSetup.Locustfile = Scene.hooks, callbackURL: String? = nil,
    installation: LocustInstallation = .current, workers: Int = 2, arguments: [String] = [],
    target targetArguments: [String] = [], serve: [String] = [],
    callbackToken: String = Service.callbackToken,
    _ body: (Scene) async throws -> Result
) async throws -> Result {
    var setup = LocustSetup()
    setup.installation = installation
    setup.workers = workers
    setup.locustfile = locustfile
    // Without it a stop kills requests on their way, which only the target has counted.
    setup.arguments = ["--stop-timeout", "2"] + arguments
    setup.environment = ["CONTROL_PLANE_TOKEN": callbackToken, "METRICS_PUSH_INTERVAL": "1"]
    return try await Turns.ofLocust.take {
        try await withService(serve) { service in
            setup.environment["CONTROL_PLANE_URL"] = callbackURL ?? service.baseURL
            return try await withTarget(targetArguments) { target in
                try await withLocust(setup) { locust in
                    try await service.serve([
                        ("main", locust.baseURL.absoluteString, ["red", "blue"])
                    ])
                    return try await body(Scene(service: service, target: target, locust: locust))
                }
            }
        }
    }
}
