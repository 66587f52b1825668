import Foundation
import JSON
import Synchronization
import TestSupport
import Testing

@testable import swarmkeeper

/// Jobs from their command line to their exit code, without a network and without waiting.
struct JobTests {
    private static let live = JobSample.run(state: "Running", endReason: nil)
    private static let start = "POST /v1/load-tests/lt-1/runs"

    @Test func `the run's id and page are the first and the last lines`() async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live, JobSample.run(verdict: "passed")])
        let json = scene.folder.path("r.json")
        let code = try await scene.run(
            ["--test", "lt-1", "--json", json, "--users", "7", "--threshold", "p95 < 1s"], service)
        #expect(code == 0)
        let place = ["run     run-1", "report  http://keeper.example/#/runs/run-1"]
        #expect(scene.logLines.dropFirst().prefix(2).map(String.init) == place)
        #expect(scene.logLines.suffix(2).map(String.init) == place)
        #expect(!scene.log.contains("s3cret-token"))
        let started = service.asked.first { $0.line == Self.start }
        #expect(
            started?.body
                == .object([
                    "targetUsers": .int(7), "thresholds": .array([.string("p95 < 1s")]),
                ]))
        let result = try scene.json(json)
        #expect(result["result"]?.text == "passed")
        #expect(result["runId"]?.text == "run-1")
        #expect(result["summary"]?["runId"]?.text == "run-1")
    }

    @Test func `a start whose answers are lost is one start, by its key`() async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [JobSample.run(verdict: "failed")]) { asked, count in
            asked.line == Self.start && count < 5 ? .error(.lost("reset")) : nil
        }
        #expect(try await scene.run(["--test", "lt-1"], service) == 99)
        let keys = service.asked.filter { $0.line == Self.start }.map {
            $0.headers["Idempotency-Key"]
        }
        #expect(keys.count == 6)
        #expect(Set(keys).count == 1 && keys[0]?.hasPrefix("run-") == true)
        let other = FakeService(runs: [JobSample.run(verdict: "failed")])
        _ = try await scene.run(["--test", "lt-1"], other)
        let key = other.asked.first { $0.line == Self.start }?.headers["Idempotency-Key"]
        #expect(key != nil && key != keys[0])
    }

    @Test func `a service that goes away while the run is on is asked again by the run's id`()
        async throws
    {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live, JobSample.run(verdict: "inconclusive")]) {
            asked, count in
            guard asked.line == "GET /v1/runs/run-1", (1...8).contains(count) else { return nil }
            return count < 5
                ? .error(.unreachable("refused")) : FakeService.problem(503, "startingUp")
        }
        #expect(try await scene.run(["--test", "lt-1", "--patience", "1h"], service) == 96)
        #expect(service.lines.count { $0 == Self.start } == 1)
        #expect(scene.logLines.count { $0.hasPrefix("no answer, trying again") } <= 2)
        #expect(scene.log.contains("the service answers again"))
    }

    @Test(arguments: [["--patience", "30s"], ["--patience", "1h", "--timeout", "5m"]])
    func `a service that does not come back is contact lost, with its results`(
        words: [String]
    ) async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live]) { asked, count in
            asked.line == "GET /v1/runs/run-1" && count > 2 ? .error(.unreachable("refused")) : nil
        }
        let junit = scene.folder.path("j.xml")
        #expect(try await scene.run(["--test", "lt-1", "--junit", junit] + words, service) == 98)
        #expect(scene.log.contains("what becomes of the run: swarmkeeper watch run-1"))
        #expect(scene.logLines.last == "report  http://keeper.example/#/runs/run-1")
        let text = try String(contentsOfFile: junit, encoding: .utf8)
        #expect(text.contains(#"<error type="contactLost""#))
    }

    @Test func `a run that the service does not know any more is contact lost`() async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live]) { asked, count in
            asked.line == "GET /v1/runs/run-1" && count > 2
                ? FakeService.problem(404, "notFound")
                : nil
        }
        #expect(try await scene.run(["--test", "lt-1"], service) == 98)
    }

    @Test func `a signal stops the run and waits for its end`() async throws {
        let scene = try JobScene()
        let isStopped = Atomic(false)
        let service = FakeService(runs: [Self.live]) { asked, _ in
            if asked.line == "POST /v1/runs/run-1/stop" {
                isStopped.store(true, ordering: .relaxed)
            }
            guard asked.line == "GET /v1/runs/run-1", isStopped.load(ordering: .relaxed) else {
                return nil
            }
            return .answer(200, JobSample.run(endReason: "stoppedByUser"))
        }
        let isSent = Atomic(false)
        let code = try await scene.run(["--test", "lt-1"], service) { scene in
            guard service.lines.contains("GET /v1/runs/run-1"),
                !isSent.exchange(true, ordering: .relaxed)
            else { return }
            scene.signal()
        }
        #expect(code == 105)
        #expect(service.lines.count { $0 == "POST /v1/runs/run-1/stop" } == 1)
        #expect(scene.log.contains("aborted (exit code 105): stoppedByUser: in words"))
    }

    @Test func `a second signal ends at once`() async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live]) { asked, _ in
            asked.line == "POST /v1/runs/run-1/stop" ? .silence : nil
        }
        let count = Atomic(0)
        let code = try await scene.run(["--test", "lt-1"], service) { scene in
            let isDue =
                switch count.load(ordering: .relaxed) {
                case 0: service.lines.contains("GET /v1/runs/run-1")
                case 1: service.lines.contains("POST /v1/runs/run-1/stop")
                default: false
                }
            guard isDue else { return }
            count.add(1, ordering: .relaxed)
            scene.signal()
        }
        #expect(code == 105)
    }

    @Test func `a signal while the start is on its way stops what was started`() async throws {
        let scene = try JobScene()
        let service = FakeService(
            runs: [Self.live, JobSample.run(endReason: "stoppedByUser")]
        ) { asked, count in
            asked.line == Self.start && count < 3 ? .error(.lost("reset")) : nil
        }
        let isSent = Atomic(false)
        let code = try await scene.run(["--test", "lt-1"], service) { scene in
            guard service.lines.contains(Self.start), !isSent.exchange(true, ordering: .relaxed)
            else { return }
            scene.signal()
        }
        #expect(code == 105)
        #expect(service.lines.contains("POST /v1/runs/run-1/stop"))
    }

    @Test(arguments: [false, true])
    func `a run that takes too long is stopped, also while there is trouble`(
        isTroubled: Bool
    ) async throws {
        let scene = try JobScene()
        let isStopped = Atomic(false)
        let service = FakeService(runs: [Self.live]) { asked, count in
            if asked.line == "POST /v1/runs/run-1/stop" {
                isStopped.store(true, ordering: .relaxed)
            }
            guard asked.line == "GET /v1/runs/run-1" else { return nil }
            guard isStopped.load(ordering: .relaxed) else {
                return isTroubled && count > 0 ? .answer(502, .null) : nil
            }
            return .answer(200, JobSample.run(endReason: "stoppedByUser"))
        }
        #expect(try await scene.run(["--test", "lt-1", "--timeout", "90s"], service) == 102)
        #expect(service.lines.count { $0 == "POST /v1/runs/run-1/stop" } == 1)
    }

    @Test func `ends that are tolerated do not fail the build, and are told all the same`()
        async throws
    {
        let scene = try JobScene()
        let json = scene.folder.path("r.json")
        let words = ["--test", "lt-1", "--json", json, "--exit-zero-on", "inconclusive,97"]
        let unclear = FakeService(runs: [JobSample.run(verdict: "inconclusive")])
        #expect(try await scene.run(words, unclear) == 0)
        #expect(try scene.json(json)["result"]?.text == "inconclusive")
        #expect(try scene.json(json)["exitCode"] == .int(0))
        #expect(scene.log.contains("inconclusive (96, tolerated; exit code 0): because of"))
        let failed = FakeService(runs: [JobSample.run(verdict: "failed")])
        #expect(try await scene.run(words, failed) == 99)
    }

    @Test func `results of an earlier job are not left for this one's`() async throws {
        let scene = try JobScene()
        let (junit, link) = (scene.folder.path("j.xml"), scene.folder.path("r.json"))
        for path in [junit, scene.folder.path("target")] {
            try "old".write(toFile: path, atomically: true, encoding: .utf8)
        }
        symlink(scene.folder.path("target"), link)
        let service = FakeService(runs: [Self.live]) { asked, _ in
            asked.line == "GET /v1/runs/run-1" ? .silence : nil
        }
        let count = Atomic(0)
        let code = try await scene.run(
            ["--test", "lt-1", "--junit", junit, "--json", link], service
        ) { scene in
            guard service.lines.contains("GET /v1/runs/run-1"),
                count.add(1, ordering: .relaxed).newValue <= 2
            else { return }
            scene.signal()
        }
        #expect(code == 105)
        #expect(!FileManager.default.fileExists(atPath: junit))
        #expect(!FileManager.default.fileExists(atPath: scene.folder.path("target")))
        // What is told early, so that the run can be found and stopped, is no result.
        let early = try scene.json(link)
        #expect(early["runId"]?.text == "run-1" && early["result"]?.text == "accepted")
        #expect(early["exitCode"] == .null)
    }

    @Test func `results that cannot be written are no success, and whatever is told says so`()
        async throws
    {
        let scene = try JobScene()
        let (outputs, json) = (scene.folder.path("out"), scene.folder.path("r.json"))
        let folder = scene.folder.path("results")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        let service = FakeService(runs: [Self.live, JobSample.run(verdict: "passed")]) { asked, _ in
            // While the run is on, its place is taken.
            if asked.line == "GET /v1/runs/run-1" {
                try? FileManager.default.removeItem(atPath: folder)
            }
            return nil
        }
        let code = try await scene.run(
            ["--test", "lt-1", "--github", "--json", json, "--junit", folder + "/j.xml"], service,
            environment: [
                "GITHUB_OUTPUT": outputs, "GITHUB_STEP_SUMMARY": scene.folder.path("summary"),
            ])
        #expect(code == 97)
        #expect(scene.log.contains("passed (0; exit code 97): every threshold held"))
        #expect(try scene.json(json)["exitCode"] == .int(97))
        #expect(try scene.json(json)["result"]?.text == "passed")
        let told = try String(contentsOfFile: outputs, encoding: .utf8)
        #expect(told.split(separator: "\n").contains("97"))
    }

    @Test(arguments: ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"])
    func `files of GitHub's that cannot be written are told before anything is started`(
        name: String
    ) async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live])
        var environment = [
            "GITHUB_OUTPUT": scene.folder.path("o"), "GITHUB_STEP_SUMMARY": scene.folder.path("s"),
        ]
        environment[name] = scene.folder.path("no/such")
        let words = ["--test", "lt-1", "--github"]
        #expect(try await scene.run(words, service, environment: environment) == 104)
        environment[name] = nil
        #expect(try await scene.run(words, service, environment: environment) == 104)
        #expect(scene.log.contains("\(name) is not set"))
        #expect(service.asked.isEmpty)
    }

    @Test func `what cannot be written is told before anything is started`() async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live])
        let code = try await scene.run(
            ["--test", "lt-1", "--junit", scene.folder.path("no/such/j.xml")], service)
        #expect(code == 104)
        #expect(service.asked.isEmpty)
    }

    @Test func `a pipe gets one document, at the end`() async throws {
        let scene = try JobScene()
        let pipe = scene.folder.path("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let descriptor = open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        let reading = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        let service = FakeService(runs: [Self.live, JobSample.run(verdict: "passed")])
        #expect(try await scene.run(["--test", "lt-1", "--json", pipe], service) == 0)
        let written = try JSONReader.document(Array(reading.availableData))
        #expect(written["exitCode"] == .int(0))
    }

    @Test func `without waiting the run is accepted and left alone`() async throws {
        let scene = try JobScene()
        let service = FakeService(runs: [Self.live])
        #expect(try await scene.run(["--test", "lt-1", "--no-wait"], service) == 0)
        #expect(!service.lines.contains("GET /v1/runs/run-1"))
        #expect(scene.log.contains("accepted (exit code 0)") && !scene.log.contains("passed"))
        #expect(scene.log.contains("swarmkeeper watch run-1"))
    }
}
