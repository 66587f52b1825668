import Foundation
import JSON
import TestSupport
import Testing

/// What keeps load away: target rules and emergency stops, on real clusters.
@Suite(.timeLimit(.minutes(10)))
struct EmergencyStopTests {
    private func command(_ words: [String], _ service: Service, token: String? = nil) throws
        -> Program
    {
        try Program(
            ["emergency-stop"] + words + ["--url", service.baseURL],
            environment: ["SWARMKEEPER_TOKEN": token ?? Service.administrator])
    }

    private func expectRefused(_ answer: Client.Answer, _ code: String) {
        #expect([409, 422].contains(answer.status) && answer["code"]?.text == code, "\(answer)")
    }

    @Test func `a command ends native load and keeps it away over a crash, until it is lifted`()
        async throws
    {
        try await withNativeScene { scene in
            let service = scene.service
            let id = try await scene.start(users: 5, seconds: 120)
            _ = try await scene.running(id, beyond: 10)
            let impose = try command(["host", "127.0.0.0/8", "--reason", "shop is down"], service)
            #expect(try await impose.exitCode() == 0)
            #expect(await eventually { impose.output.contains("stopping \(id)\n") })
            let over = try await scene.over(id)
            #expect(over["endReason"]?.text == "emergencyStop")
            _ = try await scene.target.untilQuiet()
            expectRefused(try await scene.post(), "emergencyStop")

            service.crash()
            try await service.restart()
            expectRefused(try await scene.post(), "emergencyStop")
            let list = try command(["list"], service)
            #expect(try await list.exitCode() == 0)
            #expect(await eventually { list.output.contains("host 127.0.0.0/8  shop is down\n") })
            let stop = try #require(list.output.split(separator: " ").first.map(String.init))

            // Who may not, learns that, and nothing changes.
            let operatorToken = Service.token("red", "operator")
            #expect(
                try await command(["lift", stop], service, token: operatorToken).exitCode() == 1)
            #expect(try await command(["lift", stop], service).exitCode() == 0)
            #expect(try await command(["lift", stop], service).exitCode() == 1)
            #expect(try await scene.post().status == 202)
        }
    }

    @Test func `one call ends Locust's load of one tenant`() async throws {
        try await withScene { scene in
            let id = try await scene.start(users: 5, seconds: 120)
            _ = try await scene.run(id, in: "Running")
            let admin = scene.service.client(Service.token("red", "admin"))
            let wide = try await admin.post(
                "/v1/emergency-stop", ["scope": "all", "reason": "not mine to say"])
            #expect(wide.status == 403)
            let own = try await admin.post(
                "/v1/emergency-stop",
                ["scope": "tenant", "tenantId": "red", "reason": "enough"])
            #expect(own.status == 201)
            #expect(own["stoppedRunIds"]?.items?.compactMap(\.text) == [id])
            let over = try await scene.run(id, in: "Failed")
            #expect(over["endReason"]?.text == "emergencyStop")
            _ = try await scene.target.untilQuiet()
            expectRefused(
                try await scene.service.client().post("/v1/tests", scene.test()), "emergencyStop")
        }
    }

    @Test func `a command that finds no service says so with a code of its own`() async throws {
        let program = try Program(
            [
                "emergency-stop", "all", "--reason", "r", "--url", "http://127.0.0.1:9",
                "--patience", "1",
            ],
            environment: ["SWARMKEEPER_TOKEN": "any"])
        #expect(try await program.exitCode() == 3)
    }

    @Test func `load goes nowhere that the rules do not allow`() async throws {
        try await withNativeScene { scene in
            for url in [
                "http://[::1]:1", "http://169.254.169.254/latest/meta-data", "http://0.0.0.0",
                "http://8.8.8.8", "http://no-such-host.invalid",
            ] {
                let answer = try await scene.service.client().post(
                    "/v1/tests",
                    [
                        "name": "n", "tenantId": "red", "envId": "dev", "targetUrl": url,
                        "targetUsers": 1, "durationSeconds": 5,
                    ])
                expectRefused(answer, "targetNotAllowed")
            }
            let step = try await scene.post(
                scenario: #"{"requests": [{"path": "/"}, {"url": "http://169.254.169.254/x"}]}"#)
            expectRefused(step, "targetNotAllowed")
            #expect(
                step["errors"]?.items?.compactMap { $0["pointer"]?.text }
                    == ["/scenario/requests/1"])
            #expect(try await scene.target.requests() == 0)
        }
    }
}
