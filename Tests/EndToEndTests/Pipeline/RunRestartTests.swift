import Foundation
import JSON
import TestSupport
import Testing

/// `swarmkeeper run` with a service that dies under it.
@Suite(.timeLimit(.minutes(10)))
struct RunRestartTests {
    @Test(arguments: ["keyClaimed", "accepted", "answerStored", "startIntended"])
    func `a service that dies with the start and comes back starts one run`(point: String)
        async throws
    {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let test = try await scene.service.client().post(
                "/v1/load-tests",
                [
                    "name": "Gate", "tenantId": "red", "envId": "dev",
                    "targetUrl": scene.target.url, "defaultDurationSeconds": 3,
                    "thresholds": ["count > 0"],
                ])
            #expect(test.status == 201)
            await scene.service.end()
            try scene.service.launch(dyingAt: point)
            try await scene.service.waitUntilListening()
            let program = try pipeline.start(["--test", "Gate"])
            #expect(await eventually { scene.service.program.wasKilled })
            try await scene.service.restart()
            let code = try await program.exitCode()
            // What became of the run is told, whatever it was: it ended with its engine, or with a
            // service that had not begun it, or it came to its end.
            #expect([0, 96, 97].contains(code), "\(program.output)")
            let runs = try await pipeline.runs()
            #expect(runs.count == 1)
            let told = try pipeline.result
            #expect(told["runId"] == runs.first?["id"])
            #expect(told["run"]?["endReason"] == runs.first?["endReason"])
            #expect(told["run"]?["verdict"] == runs.first?["verdict"])
            _ = try await pipeline.junit()
        }
    }

    @Test func `a service killed in the middle of a native run tells its verdict when it is back`()
        async throws
    {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(
                target: scene.target.url, seconds: 300, thresholds: ["p95 < 60s"])
            let program = try pipeline.start(["--file", file])
            let id = try await pipeline.running(program)
            scene.service.crash()
            try await scene.service.restart()
            // Native load does not go on without its service.
            #expect(try await program.exitCode() == 97, "\(program.output)")
            let result = try pipeline.result
            #expect(result["run"]?["endReason"]?.text == "clusterLost")
            #expect(result["run"]?["verdict"]?.text == "inconclusive")
            #expect(result["runId"]?.text == id)
            #expect(try await pipeline.runs().count == 1)
        }
    }

    @Test(arguments: [["--patience", "2s"], ["--patience", "10m", "--timeout", "25s"]])
    func `a service that is gone for good is contact lost, within its time`(words: [String])
        async throws
    {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(target: scene.target.url, seconds: 300)
            let program = try pipeline.start(["--file", file] + words)
            let isTold = await eventually {
                program.output.contains("\nrun     ") || !program.isRunning
            }
            #expect(isTold)
            scene.service.crash()
            #expect(try await program.exitCode() == 98, "\(program.output)")
            let id = try #require(try pipeline.result["runId"]?.text)
            #expect(program.output.contains("swarmkeeper watch \(id)"))
            #expect(try pipeline.read("output").contains("\n\(id)\n"))
            let completion = try await pipeline.junit().cases.first
            #expect(completion?.outcomes.map(\.kind) == ["error"])
            try await scene.service.restart()
        }
    }
}

/// The whole path with a real Locust, one at a time: each needs the machine's two cores.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct LocustPipelineTests {
    @Test func `a service killed in the middle of a run of Locust misses nothing of its verdict`()
        async throws
    {
        try await withScene { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(
                target: scene.target.url, seconds: 20, thresholds: ["p95 < 60s", "count > 10"])
            let program = try pipeline.start(["--file", file])
            let id = try await pipeline.running(program)
            scene.service.crash()
            try await scene.service.restart()
            let code = try await program.exitCode()
            let run = try #require(try pipeline.result["run"])
            #expect(run["endReason"]?.text == "durationElapsed", "\(program.output)")
            #expect(code == (run["verdict"]?.text == "passed" ? 0 : 96), "\(program.output)")
            #expect(run["id"]?.text == id)
            let outcomes = run["thresholds"]?.items?.compactMap { $0["outcome"]?.text }
            #expect(outcomes == ["passed", "passed"])
            #expect(try await pipeline.runs().count == 1)
        }
    }

    @Test func `the example for GitLab gates a release with a real Locust`() async throws {
        try await withScene { scene in
            let job = try ExampleJob("gitlab.yml", scene.service, target: scene.target.url)
            let (code, log) = try await job.run(script: try job.value("load", "script"))
            #expect([0, 96].contains(code), "\(log)")
            for file in ["load/junit.xml", "load/result.json", "load/report.md"] {
                #expect(try !job.read(file).isEmpty)
            }
            #expect(log.contains("Front page"))
            // What came to its end leaves nothing to stop: nobody is asked to.
            let last = try job.value("load", "after_script")
            let nobody = ["SWARMKEEPER_URL": "http://127.0.0.1:9"]
            #expect(try await job.run(script: last, nobody).0 == 0)
            // One that is killed with its shell has told what there is to stop.
            let killed = try job.start(["--duration", "2m", "--json", "load/result.json"])
            let isTold = await eventually {
                // Not there for a moment.
                (try? job.read("load/result.json"))?.contains(#""result":"accepted""#) == true
            }
            #expect(isTold, "\(killed.output)")
            killed.end(SIGKILL)
            let id = try #require(JSONValue(try job.read("load/result.json"))?["runId"]?.text)
            _ = try await scene.run(id, in: "Running")
            let (stopped, said) = try await job.run(script: last)
            #expect(stopped == 0, "\(said)")
            let over = try await scene.run(id, in: "Finished", "Failed")
            #expect(over["endReason"]?.text == "stoppedByUser")
        }
    }

    @Test
    func `the example for GitHub gates a release with a native cluster, and stops what is left`()
        async throws
    {
        try await withNativeScene { scene in
            let job = try ExampleJob("github.yml", scene.service, target: scene.target.url)
            let steps = try #require(try job.value("jobs", "load", "steps").items)
            let scripts = steps.compactMap { $0["run"] }
            #expect(scripts.count == 2)
            // Of a fork, which has called its branch so.
            let pull = [
                "GITHUB_HEAD_REF": "main", "GITHUB_REF": "refs/pull/7/merge",
                "GITHUB_REF_NAME": "7/merge",
                "GITHUB_REF_TYPE": "branch", "GITHUB_SHA": "4f2a91c", "GITHUB_RUN_ID": "42",
            ]
            let (code, log) = try await job.run(script: scripts[0], pull)
            #expect([0, 96].contains(code), "\(log)")
            #expect(try job.read("output").contains("run_id<<"))
            #expect(try !job.read("load/junit.xml").isEmpty)
            let labels = JSONValue(try job.read("load/result.json"))?["run"]?["labels"]?.members
            #expect(
                labels?.mapValues(\.text)
                    == ["branch": "7/merge", "commit": "4f2a91c", "pipeline": "42"])
            // The step for jobs that were killed, on a run that goes on.
            let id = try await scene.start(seconds: 300)
            _ = try await scene.running(id)
            let (stopped, said) = try await job.run(script: scripts[1], ["RUN": id])
            #expect(stopped == 0, "\(said)")
            #expect(try await scene.over(id)["endReason"]?.text == "stoppedByUser")
        }
    }
}
