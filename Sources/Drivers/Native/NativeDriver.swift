import ControlPlane
import Foundation
import Glibc
import Logging

/// Load by engines on this machine, one process for each run.
final class NativeDriver: LoadDriver {
    private let clusterID: String
    private let settings: NativeSettings
    private let program: EngineProgram
    private let engines: NativeEngines
    private let patience: EnginePatience
    private let time: any TimeSource
    private let logger: Logger

    init(
        clusterID: String, settings: NativeSettings, program: EngineProgram,
        engines: NativeEngines, patience: EnginePatience = EnginePatience(),
        time: any TimeSource, logger: Logger
    ) {
        self.clusterID = clusterID
        self.settings = settings
        self.program = program
        self.engines = engines
        self.patience = patience
        self.time = time
        self.logger = logger
    }

    /// Reports come every second and are here already: who watches gets them when they are new.
    var lookInterval: Duration? { .milliseconds(250) }

    func prepare(_ order: LoadOrder) async throws(DriverError) {
        try program.checkExecutable()
        try settings.tls.check()
        if engines.engine(of: order.runID)?.isLive == true {
            throw DriverError("run \(order.runID) has an engine already")
        }
        do {
            _ = try EngineOrder(order, settings).plan()
        } catch {
            throw DriverError("the scenario cannot be run: \(error.text)")
        }
    }

    func start(_ order: LoadOrder) async throws(DriverError) {
        let engine = try EngineChild(
            EngineOrder(order, settings), program: program, clusterID: clusterID,
            patience: patience, time: time, logger: logger)
        CrashPoint.engineSpawned.reach()
        engines.add(engine, of: order.runID, at: time.uptime)
        let hasAnswered = await engine.answered.wait(within: patience.start, on: time)
        if !hasAnswered, Task.isCancelled {
            throw DriverError("the start of run \(order.runID) was cut off", outcomeIsUnknown: true)
        }
        // One that has ended since has made its load all the same: `look` tells of it.
        guard !engine.hasStarted else { return }
        engine.process.signal(SIGKILL)
        guard await engine.gone.wait(within: patience.signal, on: time) else {
            throw DriverError(
                "the engine of run \(order.runID) (process \(engine.process.pid)) cannot be killed",
                outcomeIsUnknown: true)
        }
        engines.forget(order.runID)
        throw DriverError(reason(of: engine, hasAnswered: hasAnswered))
    }

    private func reason(of engine: EngineChild, hasAnswered: Bool) -> String {
        let run = engine.order.runID
        if let faults = engine.refusal {
            return "the engine refused run \(run): \(OrderFault(faults: faults).text)"
        }
        guard hasAnswered, case .over(_, let detail) = engine.standing().phase else {
            return "the engine of run \(run) made no load within \(patience.start), and was ended"
        }
        return detail
    }

    func adopt(_ order: LoadOrder, timeLeft: Duration) async -> Sighting.Load? {
        guard engines.engine(of: order.runID) == nil else { return nil }
        // An engine ends as soon as its pipe closes, but not sooner. Cut short, it has.
        try? await time.sleep(for: Self.orphanedEngineLasts)
        return .over(
            .clusterLost,
            "the load ended together with the process of the service that made it; what it did "
                + "in its last second or so is not in the numbers")
    }

    func look(for run: RunID) async throws(DriverError) -> Sighting {
        guard let engine = engines.engine(of: run) else {
            return Sighting(load: .absent, boot: nil, observation: nil)
        }
        engine.send(.lease)
        let standing = engine.standing()
        let load: Sighting.Load
        switch standing.phase {
        case .starting: load = .unclear
        case .over(let reason, let detail): load = .over(reason, detail)
        case .loading:
            load = .on
            let silence = time.uptime - standing.lastHeard
            guard silence < patience.silence || !standing.observations.isEmpty else {
                throw DriverError(
                    "the engine of run \(run) (process \(engine.process.pid)) has said nothing "
                        + "for \(Int(silence.inSeconds)) s")
            }
        }
        return Sighting(load: load, boot: engine.boot, observations: standing.observations)
    }

    func setUsers(_ users: Int, spawnRate: Double, of run: RunID) async throws(DriverError) {
        guard let engine = engines.engine(of: run), engine.isLive else {
            throw DriverError("run \(run) has no engine any more")
        }
        guard engine.send(.users(users, spawnRate: spawnRate)) else {
            throw DriverError(
                "the engine of run \(run) (process \(engine.process.pid)) reads no requests")
        }
    }

    /// Returns when the process is gone.
    func stop(_ run: RunID) async throws(DriverError) {
        guard let engine = engines.engine(of: run) else { return }
        if let left = engine.timeLeft, left > .zero, left <= patience.lastMoments,
            await engine.gone.wait(within: left + engine.drain + patience.finish, on: time)
        {
            return
        }
        engine.send(.stop)
        if await engine.gone.wait(within: engine.drain + patience.finish, on: time) { return }
        for number in [SIGTERM, SIGKILL] {
            guard !Task.isCancelled else { break }
            logger.warning(
                "engine does not end",
                [
                    "runId": .string(run.text), "pid": .int(Int(engine.process.pid)),
                    "signal": .int(Int(number)),
                ])
            engine.process.signal(number)
            if await engine.gone.wait(within: patience.signal, on: time) { return }
        }
        throw DriverError(
            "the engine of run \(run) (process \(engine.process.pid)) does not end")
    }

    func health() async throws(DriverError) -> ClusterHealth {
        try program.checkExecutable()
        try settings.tls.check()
        let running = engines.live(on: clusterID)
        return ClusterHealth(
            version: program.version, state: running.isEmpty ? "ready" : "running",
            workers: running.count, users: running.reduce(0) { $0 + $1.users },
            problem: silence(among: running),
            loads: running.map {
                ClusterLoad(
                    claim: .run(RunID($0.order.runID)), users: $0.users, state: "running")
            })
    }

    /// Says which engines make load, or should, and tell nothing of it.
    private func silence(among running: [EngineChild]) -> String? {
        let silent = running.compactMap { engine in
            engine.silence.flatMap { $0 >= patience.silence ? (engine.process.pid, $0) : nil }
        }
        guard !silent.isEmpty else { return nil }
        return silent.sorted { $0.0 < $1.0 }.map { pid, silence in
            "the engine with process \(pid) has said nothing for \(Int(silence.inSeconds)) s"
        }.joined(separator: "; ")
    }
}

extension NativeDriver {
    /// How long an engine outlives the service: `EngineSession` ends its process within this time
    /// after its input ended.
    package static let orphanedEngineLasts = Duration.seconds(2)
}
