import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

/// The service dies at every place between what it stores and what it does, and an observer that
/// it knows nothing of sees what becomes of the load.
///
/// Cases that follow each other on the same cluster show that each leaves it free. It runs in a
/// process of its own (see the Makefile): it needs the machine for itself for some minutes.
@Suite(.timeLimit(.minutes(15)))
struct CrashMatrixTests {
    /// Cases one after the other, on a cluster of their own.
    struct Lane: Sendable, CustomTestStringConvertible {
        let load: CrashCase.Load
        let number: Int
        let count: Int

        /// As many as keep two cores busy; most of the time of a case is waiting.
        static let all =
            lanes(.hooks, 4) + lanes(.plain, 1) + lanes(.native, 2)

        private static func lanes(_ load: CrashCase.Load, _ count: Int) -> [Lane] {
            (0..<count).map { Lane(load: load, number: $0, count: count) }
        }

        var cases: [CrashCase] {
            CrashCase.matrix(of: load).enumerated().filter { $0.offset % count == number }
                .map(\.element)
        }

        var testDescription: String { "\(load) \(number + 1) of \(count)" }
    }

    @Test(arguments: CrashCase.Load.allCases)
    func `every point has a case`(load: CrashCase.Load) {
        let lanes = Lane.all.filter { $0.load == load }
        let covered = Set(lanes.flatMap(\.cases).map(\.point))
        #expect(covered == Set(CrashCase.points(of: load)))
        let anywhere = CrashCase.Load.allCases.flatMap { CrashCase.points(of: $0) }
        #expect(Set(anywhere) == Set(CrashPoint.allCases.filter { !$0.isOfOthers }))
    }

    @Test(arguments: Lane.all)
    func `no run is lost, doubled or left running, wherever the service dies`(lane: Lane)
        async throws
    {
        try await withService { service in
            guard lane.load != .native else {
                try await service.serve(clusters: [
                    """
                      - id: native
                        type: native
                        maxConcurrentRuns: 1
                        serves: [{ tenantId: red, envId: dev }]
                    """
                ])
                return try await play(lane, service, nil)
            }
            var setup = LocustSetup()
            setup.workers = 2
            setup.locustfile = lane.load == .hooks ? Scene.hooks : Scene.withoutHooks
            setup.arguments = ["--stop-timeout", "2"]
            setup.environment = [
                "CONTROL_PLANE_URL": service.baseURL,
                "CONTROL_PLANE_TOKEN": Service.callbackToken, "METRICS_PUSH_INTERVAL": "1",
            ]
            try await withLocust(setup) { locust in
                try await service.serve([("main", locust.baseURL.absoluteString, ["red"])])
                try await play(lane, service, locust)
            }
        }
    }

    private func play(_ lane: Lane, _ service: Service, _ locust: LocustProcesses?) async throws {
        for crash in lane.cases {
            // Long enough that users of the same run meet at the target, if there are too many.
            try await withTarget(["--latency-ms", locust == nil ? "50" : "200"]) { target in
                let scene = CrashScene(
                    crash: crash, service: service, target: target, locust: locust)
                do {
                    try await scene.play()
                } catch {
                    scene.check(false, "\(error)")
                }
            }
        }
        try await runOnce(more: service)
    }

    /// The last case leaves the cluster as free as each before it did.
    private func runOnce(more service: Service) async throws {
        service.crash()
        try await service.restart()
        try await withTarget(["--latency-ms", "50"]) { target in
            let client = service.client()
            let answer = try await client.post(
                "/v1/tests",
                [
                    "name": "After all", "tenantId": "red", "envId": "dev",
                    "targetUrl": target.url, "targetUsers": 2, "durationSeconds": 5,
                ])
            let id = try #require(answer["id"]?.text, "\(answer.body)")
            let isOver = try await eventually {
                let run = try await client.get("/v1/runs/\(id)")
                return ["Finished", "Failed"].contains(run["state"]?.text)
            }
            let run = try await client.get("/v1/runs/\(id)")
            #expect(isOver && run["state"]?.text == "Finished", "\(run.body)\n\(service.log)")
            #expect(try await target.requests() > 0)
        }
    }
}
