import ControlPlane
import Foundation
import JSON
import Testing

@testable import API
@testable import TestSupport

/// The token that a run's hook is given: it reports on that run, and is good for nothing else.
struct RunTokenTests {
    private static let names = ["test-start", "metrics", "test-stop"]
    let service: TestService

    init() throws {
        service = try TestService()
        service.cluster.behave { $0.takesCallbackTokens = true }
    }

    /// A run whose load is ordered, and the token that came with the order.
    private func start() async throws -> (run: String, hook: Caller) {
        let run = try await service.startRun()
        await service.untilOrdered(run)
        let given = await eventually { service.cluster.callbackToken(of: RunID(run)) != nil }
        try #require(given)
        return (run, Caller(token: try #require(service.cluster.callbackToken(of: RunID(run)))))
    }

    private func report(
        _ run: String, as hook: Caller, to name: String = "metrics", _ sequence: Int64 = 1,
        at service: TestService? = nil
    ) async throws -> Answer {
        try await (service ?? self.service).ask(
            "POST", "/v1/callbacks/\(name)", .callback(run, sequence: sequence), as: hook)
    }

    @Test func `a hook reports on its run with the run's own token`() async throws {
        let (run, hook) = try await start()
        for (sequence, name) in Self.names.enumerated() {
            let answer = try await report(run, as: hook, to: name, Int64(sequence + 1))
            #expect(answer.status == 200)
        }
        #expect(hook.token.hasPrefix("skrun_\(run)_"))
    }

    @Test func `the shared token goes on reporting on any run`() async throws {
        let (run, _) = try await start()
        #expect(try await report(run, as: .callback).status == 200)
    }

    @Test func `for another run of the same tenant it is a token that nobody knows`() async throws {
        let (first, hook) = try await start()
        let (second, _) = try await start()
        let unknown = Caller(token: "nobody-knows-this-one")
        let before = try await service.contents()
        for run in [second, "no-run"] {
            for name in Self.names {
                let answer = try await report(run, as: hook, to: name)
                let stranger = try await report(run, as: unknown, to: name)
                #expect(answer.status == 401)
                #expect(answer.problem() == stranger.problem())
                #expect(answer.header("WWW-Authenticate") == stranger.header("WWW-Authenticate"))
            }
        }
        #expect(try await service.contents() == before)
        #expect(try await report(first, as: hook).status == 200)
    }

    @Test(
        arguments: Routes.all.filter { $0.permission != nil && $0.permission != .report }
            .map { "\($0.method) \($0.path)" })
    func `it opens no other route`(name: String) async throws {
        let (run, hook) = try await start()
        let parts = name.split(separator: " ").map(String.init)
        let target = parts[1].replacing("{id}", with: run).replacing("{shareId}", with: "none")
            .replacing("{deliveryId}", with: "none")
        let answer = try await service.ask(parts[0], target, as: hook)
        #expect(answer.status == 403)
    }

    @Test func `a message that is replayed many times at once counts once`() async throws {
        let (run, hook) = try await start()
        let body = JSONValue.callback(
            run, sequence: 1, ["totals": ["requests": 7, "failures": 2, "histogram": ["5": 7]]])
        let service = service
        let duplicates = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    let answer = try await service.ask(
                        "POST", "/v1/callbacks/metrics", body, as: hook)
                    return answer["/duplicate"] == true
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        let summary = try await service.ask("GET", "/v1/runs/\(run)/summary")
        #expect(summary["/totals/requests"] == 7)
        #expect(summary["/totals/failures"] == 2)
        // Those that came while the first was being stored are not told so, and change nothing.
        #expect(duplicates < 32)
        #expect(try await report(run, as: hook, 1).json["duplicate"] == true)
    }

    @Test func `a token that is cut, changed or made up is refused`() async throws {
        let (run, hook) = try await start()
        let last = try #require(hook.token.last)
        let zeros = String(repeating: "0", count: RunTokens.secretDigits)
        let wrong = [
            String(hook.token.dropLast()), hook.token + "0",
            hook.token.dropLast() + (last == "0" ? "1" : "0"), hook.token.uppercased(),
            "skrun_\(run)_\(zeros)", "skrun_\(run)", "skrun_\(run)_", "skrun__", "skrun_",
            "skrun_no-run_\(zeros)", "skrun_\(run)__\(zeros)",
            hook.token.replacing("skrun_", with: ""),
        ]
        for token in wrong {
            let answer = try await report(run, as: Caller(token: String(token)))
            #expect(answer.status == 401, "\(token)")
        }
        #expect(try await service.state(of: run) == "Starting")
    }

    @Test func `it dies with its run, after a while in which it is told of the end`() async throws {
        let (run, hook) = try await start()
        #expect(try await report(run, as: hook).status == 200)
        try await service.end(run)
        let isRetired = await eventually {
            await service.orchestrator.liveCount == 0
        }
        try #require(isRetired)
        let late = try await report(run, as: hook, to: "test-stop", 2)
        #expect(late.code == "runIsOver")
        service.time.advance(by: RunTokens.graceAfterEnd)
        #expect(try await report(run, as: hook, to: "test-stop", 3).status == 401)
    }

    @Test func `a new process knows it when it has adopted its run, and says nothing before`()
        async throws
    {
        let (run, hook) = try await start()
        service.die()
        let next = try TestService(after: service, awaitsAdoption: true)
        let early = try await report(run, as: hook, at: next)
        #expect(early.status == 503)
        #expect(early.code == "startingUp")
        #expect(early.header("Retry-After") != nil)
        let elsewhere = try await next.ask("GET", "/v1/runs", as: hook)
        #expect(elsewhere.status == 401)
        let unknown = try await report(run, as: Caller(token: "another"), at: next)
        #expect(unknown.status == 401)
        try await next.orchestrator.adopt()
        #expect(try await report(run, as: hook, at: next).status == 200)
        let other = try await next.startRun()
        #expect(try await report(other, as: hook, at: next).status == 401)
    }

    @Test func `it is stored as a hash, and stands in no answer and no log`() async throws {
        let (run, hook) = try await start()
        #expect(try await report(run, as: hook).status == 200)
        _ = try await report("no-run", as: hook)
        try await service.end(run)
        let secret = String(hook.token.suffix(RunTokens.secretDigits))
        var shown = service.log.lines
        for path in ["", "/timeline", "/summary", "/metrics"] {
            shown.append(try await service.ask("GET", "/v1/runs/\(run)\(path)").text)
        }
        #expect(!shown.contains { $0.contains(secret) })
        var stored: [UInt8] = []
        for file in ["history.db", "history.db-wal"] {
            // SQLite may have put the log into the file, and removed it.
            stored += (try? Data(contentsOf: URL(filePath: service.folder.path(file)))) ?? Data()
        }
        #expect(!contains(stored, secret))
        #expect(contains(stored, Digest(of: Array(hook.token.utf8)).hex))
        #expect("\(CallbackToken(hook.token))" == "***")
    }

    @Test func `each run has a token of its own, and other clusters get none`() async throws {
        let (first, second) = (try await start(), try await start())
        #expect(
            first.hook.token.suffix(RunTokens.secretDigits)
                != second.hook.token.suffix(RunTokens.secretDigits))
        let plain = try TestService()
        let run = try await plain.startRun()
        await plain.untilOrdered(run)
        #expect(plain.cluster.callbackToken(of: RunID(run)) == nil)
    }

    private func contains(_ bytes: [UInt8], _ text: String) -> Bool {
        Data(bytes).range(of: Data(text.utf8)) != nil
    }
}
