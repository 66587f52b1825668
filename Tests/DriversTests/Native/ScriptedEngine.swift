import ControlPlane
import Foundation
import JSON
import Logging
import Metrics
import TestSupport

@testable import Drivers

/// A native cluster whose engines are shell scripts, for what real ones do only when they break.
struct ScriptedEngine {
    let driver: NativeDriver
    let engines = NativeEngines()
    let log = MemorySink()
    private let folder: TemporaryFolder

    /// Waits that are short where a test waits for their end, and the usual ones elsewhere.
    /// Scripts say nothing that they are not told to say, however slow the machine is.
    static var usualPatience: EnginePatience {
        var patience = EnginePatience()
        patience.silence = .seconds(600)
        return patience
    }

    static var shortPatience: EnginePatience {
        var patience = usualPatience
        patience.finish = .milliseconds(100)
        return patience
    }

    init(_ script: String, patience: EnginePatience = usualPatience) throws {
        folder = try TemporaryFolder()
        let path = folder.path("engine.sh")
        try (Self.prelude + script).write(toFile: path, atomically: true, encoding: .utf8)
        driver = NativeDriver(
            clusterID: "native", settings: NativeSettings(),
            program: EngineProgram(path: "/bin/sh", arguments: [path], version: "1.2.3"),
            engines: engines, patience: patience, time: SystemTime(),
            logger: Logger(level: .debug, sink: log))
    }

    /// Functions that the scripts are made of.
    private static let prelude = """
        seen=$(dirname "$0")/seen
        started() { echo '\(text(.started(drain: .milliseconds(100))))'; }
        report() { echo '\(text(.report(report(7777))))' | sed "s/7777/$1/g"; }
        final() { echo '\(text(.report(report(7777, end: .durationElapsed))))' |
            sed "s/7777/$1/g"; }

        """

    private static func text(_ answer: EngineAnswer) -> String {
        String(decoding: answer.line.dropLast(), as: UTF8.self)
    }

    /// With as many requests as its number, all of 5 ms.
    static func report(_ sequence: Int, end: EngineEnd.Cause? = nil) -> EngineReport {
        var histogram = Histogram()
        histogram.record(5000)
        let sample = Sample(
            requests: sequence, failures: 0, averageMs: 5, minMs: 5, maxMs: 5,
            histogramDelta: histogram)
        return EngineReport(
            sequence: sequence, elapsed: .seconds(sequence), users: 3, totals: sample,
            endpoints: [
                EndpointSample(endpoint: Endpoint(method: "GET", name: "/"), sample: sample)
            ],
            end: end.map { EngineEnd($0, "in the words of a script") })
    }

    static let run = RunID("run-1")

    static func order(
        users: Int = 3, seconds: Double = 60, lease: Duration = .seconds(30),
        scenario: JSONValue? = nil
    ) -> LoadOrder {
        let spec = LoadTestSpec(
            name: "n", tenantId: "t", envId: "e", targetUrl: "http://127.0.0.1:9",
            scenario: scenario)
        let plan = RunPlan(targetUsers: users, spawnRate: 3, durationSeconds: seconds)
        let run = Run(
            id: run, loadTestID: nil, spec: spec, plan: plan, clusterID: "native",
            audit: Audit(at: Date(), by: "me"))
        return LoadOrder(run: run, lease: lease, targets: .loopback)
    }

    /// What a start is refused with; nil when it is not.
    func refusal() async -> DriverError? {
        do throws(DriverError) {
            try await driver.start(Self.order())
            return nil
        } catch {
            return error
        }
    }

    /// Looks until the load is over, as the control plane does.
    func untilOver() async throws -> (reason: EndReason?, detail: String, [Observation]) {
        var observations: [Observation] = []
        var found: (EndReason?, String)?
        _ = try await eventually {
            let sighting = try await driver.look(for: Self.run)
            observations += sighting.observations
            if case .over(let reason, let detail) = sighting.load { found = (reason, detail) }
            return found != nil
        }
        guard let found else { throw DriverError("the load is not over") }
        return (found.0, found.1, observations)
    }

    /// What the script has written to the file `seen` in its folder.
    func seen() throws -> String {
        try String(contentsOfFile: folder.path("seen"), encoding: .utf8)
    }

    func pid() throws -> pid_t {
        guard let engine = engines.engine(of: Self.run) else { throw DriverError("no engine") }
        return engine.process.pid
    }
}
