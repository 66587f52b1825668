import Foundation
import SQLite
import TestSupport
import Testing

extension RunLifeTests {
    /// With a shared token that the service does not know, only the run's own can have reported.
    @Test(arguments: [LocustInstallation.current, .older].filter { $0.isInstalled })
    func `a hook reports by its run's own token, also to the service's next process`(
        installation: LocustInstallation
    ) async throws {
        try await withScene(
            installation: installation, serve: ["--log-level", "debug"], callbackToken: "unknown"
        ) { scene in
            let id = try await scene.start(seconds: 12)
            _ = try await scene.run(id, beyond: 10)
            let before = try callbacks(of: id, in: scene.service.storePath)
            #expect(before > 0)
            scene.service.crash()
            try await scene.service.restart()
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "durationElapsed")
            #expect(try callbacks(of: id, in: scene.service.storePath) > before)
            let requests = try await scene.target.untilQuiet()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
            let logs = scene.service.programs.map(\.output).joined() + scene.locust.logs
            #expect(!logs.contains("skrun_"))
        }
    }

    private func callbacks(of run: String, in path: String) throws -> Int {
        let store = try Connection(path: path, readOnly: true)
        return try store.query(
            "SELECT count(*) FROM observations WHERE run_id = ? AND source = 'callback'",
            [.text(run)]
        ) { try $0.int(0) }.first ?? 0
    }
}
