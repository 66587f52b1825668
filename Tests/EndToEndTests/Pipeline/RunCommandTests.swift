import Foundation
import JSON
import TestSupport
import Testing

/// `swarmkeeper run` against a real service: every exit code, and what it leaves behind.
@Suite(.timeLimit(.minutes(10)))
struct RunCommandTests {
    /// A machine that is too busy to make load says so instead.
    ///
    /// - Parameter cases: tests, failures, errors and skipped ones of the results of JUnit.
    private func expect(
        _ code: Int32, of program: Program, _ pipeline: Pipeline, cases: [Int]? = nil,
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let told = try await program.exitCode()
        let measurement = try pipeline.result["run"]?["measurement"]
        let isBusy = told == 96 && measurement?["clean"] == .bool(false)
        #expect(told == code || isBusy, "\(program.output)", sourceLocation: place)
        let suite = try await pipeline.junit()
        #expect(suite.properties["resultCode"] == "\(told)", sourceLocation: place)
        if let cases, told == code {
            #expect(suite.counted == cases, "\(suite)", sourceLocation: place)
        }
        #expect(!program.output.contains("red-editor-token"), sourceLocation: place)
    }

    @Test func `a definition beside the code is kept, run and passed`() async throws {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(
                target: scene.target.url, extra: "baseline: { kind: lastPassed }")
            let first = try pipeline.start(["--file", file])
            try await expect(0, of: first, pipeline, cases: [3, 0, 0, 0])
            #expect(first.output.contains("version 1, created"))
            let id = try #require(try pipeline.result["runId"]?.text)
            let lines = first.output.split(separator: "\n")
            #expect(lines.suffix(2).first == "run     \(id)")
            #expect(lines.last == "report  \(scene.service.baseURL)/#/runs/\(id)")
            #expect(try pipeline.read("report.md").contains("Load test `Gate`"))
            #expect(try pipeline.read("summary.md") == pipeline.read("report.md"))
            #expect(try pipeline.read("output").contains("\n\(id)\n"))
            #expect(try pipeline.result["summary"]?["runId"]?.text == id)
            #expect(try pipeline.read("junit.xml").contains(#"name="p95 &lt; 60000ms""#))

            // An operator may run what is there already, and change nothing.
            let other = try Pipeline(scene.service, role: "operator")
            let again = try other.start(["--file", file, "--duration", "2s", "--users", "3"])
            try await expect(0, of: again, other)
            #expect(again.output.contains("version 1, unchanged"))
            #expect(try other.result["run"]?["targetUsers"] == .int(3))
            let changed = try other.write(target: scene.target.url, seconds: 5)
            let refused = try other.start(["--file", changed])
            try await expect(104, of: refused, other, cases: [1, 0, 1, 0])
            #expect(refused.output.contains("needs the permission configure"))
            let unfit = try pipeline.start(["--file", changed, "--no-wait"])
            #expect(try await unfit.exitCode() == 104, "results of JUnit need the end of the run")
            #expect(try await pipeline.runs().count == 2)
        }
    }

    @Test func `a broken threshold is 99, and a run without any is judged by nothing`()
        async throws
    {
        try await withNativeScene(target: ["--latency-ms", "50"]) { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(
                target: scene.target.url, thresholds: ["p95 < 1ms", "p50 < 60s"])
            let broken = try pipeline.start(["--file", file])
            try await expect(99, of: broken, pipeline, cases: [3, 1, 0, 0])
            #expect(broken.output.contains("::error title=Threshold broken::p95 < 1ms"))
            #expect(try pipeline.read("junit.xml").contains(#"<failure type="thresholdFailed""#))
            let other = try pipeline.start(["--test", "Gate", "--threshold", "p50 < 60s"])
            try await expect(0, of: other, pipeline)
            let none = try pipeline.write(target: scene.target.url, thresholds: [])
            let unjudged = try pipeline.start(["--file", none])
            try await expect(0, of: unjudged, pipeline, cases: [1, 0, 0, 0])
            #expect(unjudged.output.contains("version 2, updated"))
            #expect(unjudged.output.contains("judged by nothing"))
        }
    }

    @Test func `a generator that was in the way is neither green nor red`() async throws {
        try await withNativeScene(target: ["--latency-ms", "300"]) { scene in
            let pipeline = try Pipeline(scene.service)
            try "load: { rate: 100/s }\nrequests: [{ path: / }]\n".write(
                toFile: pipeline.folder.path("open.yaml"), atomically: true, encoding: .utf8)
            let file = try pipeline.write(
                target: scene.target.url, extra: "scenarioFile: open.yaml")
            let program = try pipeline.start(["--file", file, "--users", "2"])
            #expect(try await program.exitCode() == 96, "\(program.output)")
            let suite = try await pipeline.junit()
            #expect(suite.counted == [3, 0, 0, 3], "\(suite)")
            #expect(suite.cases.allSatisfy { $0.outcomes.first?.message?.isEmpty == false })
            #expect(program.output.contains("::warning title=Load test inconclusive::"))
            let tolerant = try pipeline.start(
                ["--file", file, "--users", "2", "--exit-zero-on", "inconclusive"])
            #expect(try await tolerant.exitCode() == 0)
        }
    }

    @Test func `a signal stops the load, and a stop by somebody else is told apart`()
        async throws
    {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(target: scene.target.url, seconds: 300)
            let cancelled = try pipeline.start(["--file", file])
            let id = try await pipeline.running(cancelled)
            cancelled.signal(SIGTERM)
            try await expect(105, of: cancelled, pipeline)
            let completion = try await pipeline.junit().cases.first
            #expect(completion?.name == "run completed")
            #expect(completion?.outcomes.map(\.kind) == ["error"])
            let over = try await scene.service.client().get("/v1/runs/\(id)")
            #expect(over["endReason"]?.text == "stoppedByUser")
            _ = try await scene.target.untilQuiet()

            let stopped = try pipeline.start(["--file", file])
            let other = try await pipeline.running(stopped)
            _ = try await scene.service.client().post("/v1/runs/\(other)/stop")
            try await expect(103, of: stopped, pipeline)
            let late = try pipeline.start(["--file", file, "--timeout", "15s"])
            try await expect(102, of: late, pipeline)
            #expect(try await pipeline.runs().allSatisfy { $0["state"]?.text == "Finished" })
        }
    }

    @Test func `input that is wrong starts nothing and is told with its place`() async throws {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let wrong = try pipeline.write(target: scene.target.url, thresholds: ["p95 < fast"])
            let program = try pipeline.start(["--file", wrong])
            #expect(try await program.exitCode() == 104)
            #expect(program.output.contains("loadtest.yaml:9:5: /thresholds/0 "))
            #expect(program.output.contains("line=9,col=5,title=Load test::"))
            _ = try pipeline.write(target: scene.target.url, extra: "nonsense: 1")
            let unknown = try pipeline.start(["--file", wrong])
            #expect(try await unknown.exitCode() == 104)
            #expect(unknown.output.contains("loadtest.yaml:12:1: /nonsense is not a field"))
            #expect(try await pipeline.junit().counted == [1, 0, 1, 0])
            try "a: [".write(toFile: wrong, atomically: true, encoding: .utf8)
            let unreadable = try pipeline.start(["--file", wrong])
            #expect(try await unreadable.exitCode() == 104)
            #expect(unreadable.output.contains("loadtest.yaml:1:"))
            #expect(try await pipeline.start(["--test", "nobody's"]).exitCode() == 104)
            #expect(try await pipeline.start(["--nonsense"]).exitCode() == 104)
            let file = try pipeline.write(target: scene.target.url)
            let flag = try pipeline.start(["--file", file, "--users", "100000"])
            #expect(try await flag.exitCode() == 104)
            #expect(flag.output.contains("--users: "))
            let target = try pipeline.start(["--file", file, "--target", "http://8.8.8.8"])
            #expect(try await target.exitCode() == 104)
            #expect(try await pipeline.runs().isEmpty)
        }
    }

    @Test func `on a terminal the run is drawn in place, and in the log of a build it is not`()
        async throws
    {
        try await withNativeScene { scene in
            let pipeline = try Pipeline(scene.service)
            let file = try pipeline.write(target: scene.target.url)
            func typed(_ environment: [String: String]) async throws -> String {
                let program = try Repository.program.path
                let command = "\(program) run --file \(file)"
                // It gives what it starts a terminal of its own.
                let words =
                    ["env", "-u", "NO_COLOR"]
                    + pipeline.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
                    + ["script", "--quiet", "--return", "--command", command, "/dev/null"]
                return try await Curl.shell(words).text
            }
            let drawn = try await typed(["CI": "", "TERM": "xterm"])
            #expect(drawn.contains("\u{1B}[?25l"))
            // The cursor is back before the result is told.
            let end = try #require(drawn.components(separatedBy: "\u{1B}[?25h").last)
            #expect(end.contains("report  ") && !end.contains("\u{1B}"), "\(end)")
            let plain = try await typed(["CI": "true", "TERM": "xterm"])
            #expect(plain.contains("report  ") && !plain.contains("\u{1B}"), "\(plain)")
        }
    }

    @Test func `a token that is worth nothing is invalid input`() async throws {
        try await withService { service in
            let pipeline = try Pipeline(service)
            let file = pipeline.folder.path("token")
            try "no-such-token\n".write(toFile: file, atomically: true, encoding: .utf8)
            chmod(file, 0o600)
            let program = try pipeline.start(["--test", "a", "--token-file", file])
            #expect(try await program.exitCode() == 104)
            #expect(program.output.contains("401"))
            #expect(!program.output.contains("no-such-token"))
        }
    }

    @Test func `a cluster that is down fails the run on our side`() async throws {
        try await withService { service in
            try await withTarget { target in
                // Nobody listens there.
                try await service.serve([("down", "http://127.0.0.1:9", ["red"])])
                let pipeline = try Pipeline(service)
                let file = try pipeline.write(target: target.url)
                let program = try pipeline.start(["--file", file])
                #expect(try await program.exitCode() == 97, "\(program.output)")
                #expect(try await pipeline.junit().cases[0].outcomes.map(\.kind) == ["error"])
                #expect(try pipeline.read("junit.xml").contains(#"<error type="failed""#))
            }
        }
    }
}
