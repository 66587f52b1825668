import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Drivers

/// What becomes of engines that do not do what they should.
struct NativeDriverTests {
    private let run = ScriptedEngine.run

    @Test func `reports arrive one by one, and the last ends the load`() async throws {
        let engine = try ScriptedEngine("read order; started; report 1; report 2; final 3")
        try await engine.driver.start(ScriptedEngine.order())
        let (reason, detail, observations) = try await engine.untilOver()
        #expect(reason == .durationElapsed)
        #expect(detail == "in the words of a script")
        #expect(observations.map(\.totals.requests) == [1, 2, 3])
        #expect(observations.map(\.isFinal) == [false, false, true])
        #expect(observations.allSatisfy { $0.key.source == .engine && $0.users == 3 })
        #expect(observations[2].time.timeIntervalSince(observations[0].time) == 2)
        #expect(observations[1].totals.histogramDelta?.max == 5000)
        #expect(observations[1].endpoints.map(\.endpoint.name) == ["/"])
    }

    @Test func `an order tells everything, and secrets of the service stay with it`() async throws {
        setenv("SWARMKEEPER_API_TOKEN", "secret", 1)
        let engine = try ScriptedEngine(
            #"read order; (echo "$order $1"; env; ls /proc/self/fd) > "$seen"; exit 1"#)
        _ = await engine.refusal()
        let lines = try engine.seen().split(separator: "\n").map(String.init)
        let object = try WireObject(line: Array(lines[0].dropLast(" run-1".count).utf8))
        #expect(try EngineOrder(try object.object("order")).runID == "run-1")
        #expect(lines[0].hasSuffix(" run-1"))
        #expect(lines.contains { $0.hasPrefix("PATH=") })
        #expect(!lines.contains { $0.hasPrefix("SWARMKEEPER") })
        // Standard streams, and the one that `ls` reads the folder by.
        #expect(lines.suffix(4) == ["0", "1", "2", "3"])
    }

    @Test func `an engine that ends at once fails the start with its last words`() async throws {
        let engine = try ScriptedEngine("echo 'no such library' >&2; exit 127")
        let error = try #require(await engine.refusal())
        #expect(error.description.hasPrefix("the engine of run run-1 (process "))
        #expect(error.description.contains("ended with exit code 127"))
        #expect(error.description.hasSuffix("its last words: no such library"))
        #expect(!error.outcomeIsUnknown)
        #expect(try await engine.driver.look(for: run).load == .absent)
    }

    @Test func `a program that is not there fails the preparation`() async throws {
        let driver = NativeDriver(
            clusterID: "native", settings: NativeSettings(),
            program: EngineProgram(path: "/nowhere/swarmkeeper", version: "1"),
            engines: NativeEngines(), time: SystemTime(), logger: .init())
        await #expect(throws: DriverError.self) {
            try await driver.prepare(ScriptedEngine.order())
        }
        do throws(DriverError) {
            try await driver.start(ScriptedEngine.order())
            Issue.record("it was started")
        } catch {
            #expect(
                error.description == "the engine of run run-1 did not start: start "
                    + "/nowhere/swarmkeeper: No such file or directory")
        }
    }

    @Test func `files of TLS that are not there are told before a run needs them`() async throws {
        let driver = NativeDriver(
            clusterID: "native",
            settings: NativeSettings(tls: .init(caFile: "/nowhere/ca.pem")),
            program: EngineProgram(path: "/bin/sh", version: "1"), engines: NativeEngines(),
            time: SystemTime(), logger: .init())
        let expected = DriverError(
            "the tls.caFile of the cluster, /nowhere/ca.pem, is not there")
        await #expect(throws: expected) { try await driver.health() }
        await #expect(throws: expected) { try await driver.prepare(ScriptedEngine.order()) }
    }

    @Test func `a refusal names what is wrong with the order`() async throws {
        let engine = try ScriptedEngine(
            #"""
            read order
            echo '{"protocol":1,"refused":[{"pointer":"/scenario/steps","message":"is empty"}]}'
            """#)
        let error = await engine.refusal()
        #expect(error?.description == "the engine refused run run-1: /scenario/steps: is empty")
    }

    @Test func `an engine that answers nothing is ended`() async throws {
        var patience = ScriptedEngine.shortPatience
        patience.start = .milliseconds(200)
        let engine = try ScriptedEngine("read order; exec sleep 1000", patience: patience)
        let error = try #require(await engine.refusal())
        #expect(error.description.contains("made no load within"))
        #expect(engine.engines.live().isEmpty)
    }

    @Test func `garbage fails the run and ends the engine`() async throws {
        let engine = try ScriptedEngine(
            "read order; started; report 1; echo 'Segmentation fault'; exec sleep 1000")
        try await engine.driver.start(ScriptedEngine.order())
        let (reason, detail, observations) = try await engine.untilOver()
        #expect(reason == .clusterLost)
        #expect(detail.contains("wrote what it should not (expected a value at byte 0)"))
        #expect(detail.contains("was killed by signal 9"))
        #expect(observations.last?.isFinal == true && observations.last?.totals.requests == 1)
    }

    @Test func `a line without an end is cut off`() async throws {
        let engine = try ScriptedEngine(
            "read order; started; exec tr '\\0' x < /dev/zero")
        try await engine.driver.start(ScriptedEngine.order())
        let (reason, detail, _) = try await engine.untilOver()
        #expect(reason == .clusterLost)
        #expect(detail.contains("a line is longer than"))
    }

    @Test func `reports that do not follow each other are no reports`() async throws {
        let engine = try ScriptedEngine(
            "read order; started; report 2; report 2; exec sleep 1000")
        try await engine.driver.start(ScriptedEngine.order())
        let (_, detail, observations) = try await engine.untilOver()
        #expect(detail.contains("report 2 out of order"))
        #expect(observations.map(\.key.sequence) == [2, 3])
    }

    @Test func `a killed engine fails the run, and its numbers stay`() async throws {
        let engine = try ScriptedEngine("read order; started; report 4; exec sleep 1000")
        try await engine.driver.start(ScriptedEngine.order())
        var seen: [Observation] = []
        _ = try await eventually {
            seen += try await engine.driver.look(for: run).observations
            return !seen.isEmpty
        }
        kill(try engine.pid(), SIGKILL)
        let (reason, detail, observations) = try await engine.untilOver()
        #expect(reason == .clusterLost)
        #expect(detail.contains("was killed by signal 9 (Killed); its numbers are those of the "))
        #expect(detail.contains("first 4.0 s, what it did after that is missing"))
        let last = try #require(observations.last)
        #expect(last.isFinal && last.users == 0 && last.totals.requests == 4)
        // What was told before must not be counted twice.
        #expect(last.key.sequence == 5 && last.totals.histogramDelta == nil)
    }

    @Test func `an engine that is told to stop makes its last report`() async throws {
        let engine = try ScriptedEngine(
            #"""
            read order; started; report 1
            while read line; do case "$line" in *stop*) final 2; exit 0;; esac; done
            """#)
        try await engine.driver.start(ScriptedEngine.order())
        try await engine.driver.stop(run)
        #expect(engine.engines.live().isEmpty)
        let (_, _, observations) = try await engine.untilOver()
        #expect(observations.last?.totals.requests == 2)
        // A stop of what is gone is a retry.
        try await engine.driver.stop(run)
    }

    @Test func `an engine that ignores stops and SIGTERM is killed`() async throws {
        var patience = ScriptedEngine.shortPatience
        patience.signal = .milliseconds(300)
        let engine = try ScriptedEngine(
            "trap '' TERM; read order; started; while :; do sleep 1000; done", patience: patience)
        try await engine.driver.start(ScriptedEngine.order())
        // The killed shell leaves its sleeper, which holds the streams open.
        let pid = try engine.pid()
        do throws(DriverError) { try await engine.driver.stop(run) } catch {
            Issue.record("\(error)")
        }
        kill(-pid, SIGKILL)
        let (reason, detail, _) = try await engine.untilOver()
        #expect(reason == .clusterLost && detail.contains("signal 9"))
        #expect(engine.log.lines.filter { $0.contains("engine does not end") }.count == 2)
    }

    @Test func `an engine that closes its output and lives is ended`() async throws {
        let engine = try ScriptedEngine(
            "read order; started; report 1; exec sleep 1000 >&-",
            patience: ScriptedEngine.shortPatience)
        try await engine.driver.start(ScriptedEngine.order())
        let (reason, _, observations) = try await engine.untilOver()
        #expect(reason == .clusterLost)
        #expect(observations.last?.totals.requests == 1)
    }

    @Test func `of endless errors the end is kept`() async throws {
        let engine = try ScriptedEngine(
            "read order; started; head -c 1000000 /dev/zero | tr '\\0' y >&2; echo z >&2; exit 3")
        try await engine.driver.start(ScriptedEngine.order())
        let (_, detail, _) = try await engine.untilOver()
        #expect(detail.contains("exit code 3"))
        #expect(detail.count <= EngineProtocol.textCharactersMax + 1)
    }

    @Test func `an engine that says nothing for long is out of reach`() async throws {
        var patience = ScriptedEngine.shortPatience
        patience.silence = .milliseconds(50)
        let engine = try ScriptedEngine("read order; started; exec sleep 1000", patience: patience)
        try await engine.driver.start(ScriptedEngine.order())
        let isSilent = await eventually {
            do { _ = try await engine.driver.look(for: run) } catch {
                return "\(error)".contains("has said nothing")
            }
            return false
        }
        #expect(isSilent)
        let health = try await engine.driver.health()
        #expect(health.problem?.contains("has said nothing for") == true)
        #expect(health.problem?.contains("run-1") == false, "it is told to everybody")
        try await engine.driver.stop(run)
    }

    @Test func `an engine reads users, and leases with each look`() async throws {
        let engine = try ScriptedEngine(
            "read order; started; read first; read second; echo \"$first $second\" >&2; exit 1")
        try await engine.driver.start(ScriptedEngine.order())
        try await engine.driver.setUsers(50, spawnRate: 2.5, of: run)
        let (_, detail, _) = try await engine.untilOver()
        #expect(detail.hasSuffix(#"{"spawnRate":2.5,"users":50} {"lease":true}"#))
        await #expect(throws: DriverError.self) {
            try await engine.driver.setUsers(1, spawnRate: 1, of: run)
        }
    }

    @Test func `an engine that reads nothing takes only so many requests`() async throws {
        let engine = try ScriptedEngine("read order; started; exec sleep 1000")
        try await engine.driver.start(ScriptedEngine.order())
        do throws(DriverError) {
            for users in 1...100_000 {
                try await engine.driver.setUsers(users, spawnRate: 1, of: run)
            }
            Issue.record("it took all of them")
        } catch {
            #expect(error.description.contains("reads no requests"))
        }
        engine.engines.engine(of: run)?.process.signal(SIGKILL)
        _ = try await engine.untilOver()
    }

    @Test func `health counts engines and their users`() async throws {
        let engine = try ScriptedEngine("read order; started; report 1; exec sleep 1000")
        let before = try await engine.driver.health()
        #expect(
            before == ClusterHealth(version: "1.2.3", state: "ready", workers: 0, users: 0))
        try await engine.driver.start(ScriptedEngine.order())
        let counted = try await eventually { try await engine.driver.health().users == 3 }
        #expect(counted)
        #expect(try await engine.driver.health().state == "running")
        kill(try engine.pid(), SIGKILL)
        let gone = try await eventually { try await engine.driver.health().workers == 0 }
        #expect(gone)
    }

    @Test func `a run of an earlier process is over, not waited for`() async throws {
        let engine = try ScriptedEngine("exit 1")
        let load = await engine.driver.adopt(ScriptedEngine.order(), timeLeft: .seconds(30))
        guard case .over(.clusterLost, let detail) = load else {
            Issue.record("not over: \(String(describing: load))")
            return
        }
        #expect(detail.contains("process of the service"))
    }

    @Test func `engines that have ended leave no process behind`() async throws {
        let engine = try ScriptedEngine("exit 0")
        for _ in 1...20 { _ = await engine.refusal() }
        let children = try String(
            contentsOfFile: "/proc/self/task/\(getpid())/children", encoding: .utf8)
        for pid in children.split(separator: " ") {
            let name = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
            #expect(name != "sh\n")
        }
    }
}
