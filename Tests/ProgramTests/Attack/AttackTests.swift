import HTTP
import HTTPServer
import JSON
import Synchronization
import TestSupport
import Testing

@testable import LoadEngine
@testable import swarmkeeper

struct AttackTests {
    /// What an attack wrote.
    private final class Transcript: Sendable {
        private let texts = Mutex((shown: "", result: ""))

        var shown: String { texts.withLock { $0.shown } }
        var result: String { texts.withLock { $0.result } }

        func console(isInteractive: Bool = false) -> AttackConsole {
            AttackConsole(
                isInteractive: isInteractive, size: { Terminal.defaultSize },
                write: { text in self.texts.withLock { $0.shown += text } },
                writeResult: { text in self.texts.withLock { $0.result += text } })
        }
    }

    private let transcript = Transcript()

    private func attack(
        _ options: AttackOptions = .init(), isInteractive: Bool = false,
        signals: AsyncStream<Int32>? = nil, engine: Attack.Engine? = nil
    ) -> Attack {
        var attack = Attack(
            options: options, plan: AttackSample.plan(), subject: AttackSample.subject(),
            console: transcript.console(isInteractive: isInteractive))
        if let engine { attack.engine = engine }
        attack.signals = { signals ?? AsyncStream { _ in } }
        return attack
    }

    /// Reports two seconds, and the end when it is asked for it.
    private static let untilStopped: Attack.Engine = { _, onReport throws(LoadError) in
        for second in 1...2 {
            onReport(AttackSample.report(elapsed: .seconds(second), end: nil) { $0.respond(10) })
        }
        return .init(stop: {
            onReport(AttackSample.report(elapsed: .seconds(3), end: .stopped) { $0.respond(30) })
        })
    }

    @Test func `a signal ends the load and what was measured is told`() async throws {
        let (signals, sender) = AsyncStream.makeStream(of: Int32.self)
        sender.yield(2)
        let (result, unwritten) = try await attack(
            isInteractive: true, signals: signals, engine: Self.untilStopped
        ).run()
        #expect(result.total.requests == 30)
        #expect(AttackCommand.exitCode(of: result) == 130)
        #expect(unwritten == [])
        #expect(transcript.shown.contains("stopping"))
        #expect(transcript.shown.hasSuffix("\u{1B}[?25h"))
    }

    @Test func `a second signal gives up waiting, and what was measured is told`() async throws {
        let (signals, sender) = AsyncStream.makeStream(of: Int32.self)
        for _ in 1...2 { sender.yield(2) }
        let (result, unwritten) = try await attack(signals: signals) { _, onReport in
            .init(giveUp: {
                onReport(
                    AttackSample.report(elapsed: .seconds(3), inFlight: 4, end: .stopped) {
                        $0.respond(30)
                    })
            })
        }.run()
        #expect(result.total.requests == 30 && result.report.inFlight == 4)
        #expect(AttackCommand.exitCode(of: result) == 130)
        #expect(unwritten == [])
        #expect(transcript.shown.contains("a second Ctrl-C gives up waiting"))
    }

    @Test func `a result that cannot go to standard output is told`() async throws {
        var options = AttackOptions()
        options.outputs = [.init(format: .json, path: "-")]
        var attack = attack(options) { _, onReport in
            onReport(AttackSample.report(elapsed: .seconds(1)))
            return .init()
        }
        attack.console = AttackConsole(
            isInteractive: false, size: { Terminal.defaultSize }, write: { _ in },
            writeResult: { try Descriptor.write($0, to: -1) })
        let (_, unwritten) = try await attack.run()
        #expect(unwritten == ["standard output: cannot be written: Bad file descriptor"])
    }

    @Test func `a third signal waits for nothing, and leaves nothing behind`() async throws {
        let folder = try TemporaryFolder()
        var options = AttackOptions()
        options.outputs = [.init(format: .csv, path: folder.path("x.csv"))]
        let (signals, sender) = AsyncStream.makeStream(of: Int32.self)
        for _ in 1...3 { sender.yield(15) }
        let attack = attack(options, isInteractive: true, signals: signals) {
            _, _ throws(LoadError) in .init()
        }
        let error = await #expect(throws: Attack.Failure.self) { try await attack.run() }
        #expect(error?.code == 143)
        #expect(transcript.shown.hasSuffix("\u{1B}[?25h"))
        #expect(try folder.names() == [])
    }

    @Test func `an unwritable place is told before any load`() async {
        var options = AttackOptions()
        options.outputs = [.init(format: .json, path: "/nowhere/x.json")]
        let hasStarted = Mutex(false)
        let attack = attack(options) { _, _ throws(LoadError) in
            hasStarted.withLock { $0 = true }
            return .init()
        }
        let error = await #expect(throws: Attack.Failure.self) { try await attack.run() }
        #expect(error?.description.hasPrefix("/nowhere/x.json: cannot be written") == true)
        #expect(!hasStarted.withLock { $0 })
    }

    @Test func `an engine that cannot start says why`() async {
        let attack = attack { _, _ throws(LoadError) in throw LoadError("resolve x: no address") }
        let error = await #expect(throws: Attack.Failure.self) { try await attack.run() }
        #expect(error?.description == "resolve x: no address")
        #expect(error?.code == 1)
    }

    @Test func `files and standard output get what was asked for`() async throws {
        let folder = try TemporaryFolder()
        var options = AttackOptions()
        options.outputs = [
            .init(format: .json, path: "-"), .init(format: .csv, path: folder.path("s.csv")),
            .init(format: .hdr, path: folder.path("h.hgrm")),
        ]
        let attack = attack(options) { _, onReport throws(LoadError) in
            onReport(AttackSample.report(elapsed: .seconds(1), end: nil) { $0.respond(10) })
            onReport(AttackSample.report(elapsed: .seconds(2)) { $0.respond(20) })
            return .init()
        }
        _ = try await attack.run()
        let json = try JSONReader.document(Array(transcript.result.utf8))
        #expect(json["totalRequests"] == .int(20))
        #expect(!transcript.shown.contains("totalRequests"))
        let csv = try String(contentsOfFile: folder.path("s.csv"), encoding: .utf8)
        #expect(csv.split(separator: "\n").count == 3)
        let hdr = try String(contentsOfFile: folder.path("h.hgrm"), encoding: .utf8)
        #expect(hdr.contains("Total count    =           20]"))
    }

    @Test(arguments: [nil, 500.0])
    func `what a real target counts is what is told`(rate: Double?) async throws {
        let target = Target(bodyBytes: 5, latency: .zero, failureShare: 0.25)
        let server = HTTPServer(
            configuration: ServerConfiguration(host: "127.0.0.1", port: 0), router: target.router)
        let port = try server.start()
        var options = AttackOptions()
        options.url = "http://127.0.0.1:\(port)/x"
        options.load.users = 4
        options.load.requestsMax = 100
        options.load.rate = rate
        options.headers = [.init(name: "X-Test", value: "1")]
        let ready = try AttackPlan(options)
        var attack = Attack(
            options: options, plan: ready.plan,
            subject: AttackSubject(title: ready.title, plan: ready.plan, cores: 1),
            console: transcript.console())
        attack.signals = { AsyncStream { _ in } }
        let (result, _) = try await attack.run()
        await server.shutdown(within: .seconds(5))
        #expect(target.counts == .init(requests: 100, failures: 25))
        #expect(result.total.requests == 100)
        #expect(result.total.failures == 25)
        #expect(result.report.end == .budgetSpent)
        #expect(AttackCommand.exitCode(of: result) == 0)
        let summary = AttackSummary(result: result, columns: 80).lines.map(\.text)
        #expect(summary.contains { $0.hasPrefix("  500") })
        #expect(summary.contains { $0.hasPrefix("  unexpected status  25") })
        #expect(summary.contains { $0.contains("from intended start") } == (rate != nil))
    }
}
