import Foundation
import JSON
import TestSupport

/// A control plane with a native cluster, and a target.
struct NativeScene {
    let service: Service
    let target: Target

    /// Starts an ad-hoc run of tenant red and returns its id.
    func start(
        users: Int = 5, seconds: Double = 60, scenario: String? = nil
    ) async throws -> String {
        let answer = try await post(users: users, seconds: seconds, scenario: scenario)
        guard answer.status == 202, let id = answer["id"]?.text else {
            throw HarnessError("not started: \(answer.body)\n\(service.log)")
        }
        return id
    }

    func post(
        users: Int = 5, seconds: Double = 60, scenario: String? = nil
    ) async throws -> Client.Answer {
        var body: [String: JSONValue] = [
            "name": .string("Native"), "tenantId": .string("red"), "envId": .string("dev"),
            "targetUrl": .string(target.url), "targetUsers": .int(Int64(users)),
            "spawnRate": .int(50), "durationSeconds": .double(seconds),
        ]
        if let scenario { body["scenario"] = JSONValue(scenario) }
        return try await service.client().post("/v1/tests", json: .object(body))
    }

    /// The run once `condition` holds of it.
    func run(
        _ id: String, where condition: (JSONValue) -> Bool
    ) async throws -> JSONValue {
        var last = JSONValue.null
        let holds = await eventually {
            // A service that is down for the moment is asked again.
            if let answer = try? await service.client().get("/v1/runs/\(id)") { last = answer.body }
            return condition(last)
        }
        guard holds else { throw HarnessError("the run stays \(last)\n\(service.log)") }
        return last
    }

    func over(_ id: String) async throws -> JSONValue {
        try await run(id) { ["Finished", "Failed"].contains($0["state"]?.text) }
    }

    func running(_ id: String, beyond requests: Int = 0) async throws -> JSONValue {
        try await run(id) {
            $0["state"]?.text == "Running"
                && $0["lastMetrics"]?["totalRequests"]?.integer ?? 0 > requests
        }
    }

    /// The process of the run's engine, by the log.
    func engine(of id: String) throws -> pid_t {
        let lines = service.log.split(separator: "\n").compactMap { JSONValue(String($0)) }
        let line = lines.last {
            $0["event"]?.text == "engine started" && $0["runId"]?.text == id
        }
        guard let pid = line?["pid"]?.integer else { throw HarnessError("no engine of \(id)") }
        return pid_t(pid)
    }
}

/// Runs `body` with everything up; all of it ends with the body.
func withNativeScene<Result>(
    runs: Int = 2, users: Int = 100, target arguments: [String] = [], serve: [String] = [],
    _ body: (NativeScene) async throws -> Result
) async throws -> Result {
    try await withService(serve) { service in
        try await withTarget(arguments) { target in
            try await service.serve(clusters: [
                """
                  - id: native
                    type: native
                    maxConcurrentRuns: \(runs)
                    maxUsers: \(users)
                    serves: [{ tenantId: red, envId: dev }]
                """
            ])
            return try await body(NativeScene(service: service, target: target))
        }
    }
}
