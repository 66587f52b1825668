import Foundation
import SQLite
import TestSupport

extension ChaosScene {
    /// Brings the trouble of all lanes about, each at its time, and has it all undone in the end.
    func bringAbout(_ plan: ChaosPlan) async {
        await withTaskGroup(of: Void.self) { group in
            for lane in plan.lanes {
                group.addTask { await self.bringAbout(lane) }
            }
        }
    }

    private func bringAbout(_ lane: [ChaosPlan.Trouble]) async {
        for trouble in lane {
            let due = ledger.beginning.addingTimeInterval(trouble.at)
            // Cut short, the test is over.
            try? await Task.sleep(for: .seconds(max(0, due.timeIntervalSinceNow)))
            let from = Date()
            do {
                guard try await bringAbout(trouble) else { continue }
            } catch {
                ledger.violate("the harness failed: \(trouble): \(error)")
            }
            ledger.note(trouble.fault, from: from, to: Date())
        }
    }

    /// - Returns: whether there was anything that it could happen to.
    private func bringAbout(_ trouble: ChaosPlan.Trouble) async throws -> Bool {
        let lasting = Duration.seconds(trouble.lasting)
        switch trouble.fault {
        case .killService: try await killService(for: lasting)
        case .shutDownService: try await shutDownService(for: lasting)
        case .pauseService:
            service.program.signal(SIGSTOP)
            defer { service.program.signal(SIGCONT) }
            try await Task.sleep(for: lasting)
        case .fillDisk:
            try disk?.fill()
            defer { try? disk?.makeRoom() }  // There is nothing else to make room with.
            try await Task.sleep(for: lasting)
        case .killWorker(let cluster):
            signalWorker(of: cluster, SIGKILL)
            try await Task.sleep(for: lasting)
            try masters[cluster]?.startWorker()
        case .pauseWorker(let cluster):
            signalWorker(of: cluster, SIGSTOP)
            defer { signalWorker(of: cluster, SIGCONT) }
            try await Task.sleep(for: lasting)
        case .killMaster(let cluster, let withWorker):
            try await killMaster(of: cluster, withWorker: withWorker, for: lasting)
        case .network(let cluster, let mode):
            try await disturb(networks[cluster], by: mode, for: lasting)
        case .callbacks(let mode):
            try await disturb(callbacks, by: mode, for: lasting)
        case .pauseEngine(let cluster):
            guard let engine = await nextEngine(of: cluster) else { return false }
            engine.signal(SIGSTOP)
            defer { engine.signal(SIGCONT) }
            try await Task.sleep(for: lasting)
        case .killEngine(let cluster):
            guard let engine = await nextEngine(of: cluster) else { return false }
            engine.signal(SIGKILL)
        }
        return true
    }

    /// The next that is there, if one comes soon.
    private func nextEngine(of cluster: ChaosCluster) async -> EngineProcess? {
        var engine: EngineProcess?
        _ = await eventually(within: .seconds(2)) {
            engine = self.engine(of: cluster)
            if engine == nil { try? await Task.sleep(for: .milliseconds(100)) }
            return engine != nil
        }
        return engine
    }

    private func disturb(
        _ network: FaultProxy?, by mode: FaultProxy.Mode, for lasting: Duration
    ) async throws {
        network?.set(mode)
        defer { network?.set(.pass) }
        try await Task.sleep(for: lasting)
    }

    // MARK: The service

    private func killService(for lasting: Duration) async throws {
        noteMemory()
        service.program.signal(SIGKILL)
        _ = await eventually { !service.program.isRunning }
        noteStored()
        try await Task.sleep(for: lasting)
        try await startService()
    }

    private func shutDownService(for lasting: Duration) async throws {
        noteMemory()
        service.program.signal(SIGTERM)
        let hasEnded = await eventually(within: .seconds(60)) { !service.program.isRunning }
        if !hasEnded {
            ledger.violate("the service does not shut down")
            service.crash()
        }
        noteStored()
        try await Task.sleep(for: lasting)
        try await startService()
    }

    /// As whoever keeps it running: a start that fails, because the disk is full, is repeated.
    func startService() async throws {
        let isUp = await eventually(within: .seconds(60)) {
            if (try? await service.restart()) != nil { return true }
            service.program.end(SIGKILL)
            try? await Task.sleep(for: .milliseconds(300))
            return false
        }
        if !isUp { throw HarnessError("the service does not start:\n\(service.log)") }
    }

    static let observationKeys = """
        SELECT run_id || ' ' || source || ' ' || epoch || ' ' || sequence FROM observations
        """

    /// What was in the store once must be there in the end.
    func noteStored() {
        do {
            let store = try Connection(path: service.storePath, readOnly: true)
            ledger.note(
                stored: Set(try store.query(Self.observationKeys) { try $0.text(0) }))
        } catch {
            // On a full disk there is no room for the index that a reader needs.
            ledger.note(stored: [])
        }
    }

    func noteMemory() {
        let path = "/proc/\(service.program.id)/status"
        // It may be gone already.
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let words = line?.split(whereSeparator: \.isWhitespace) ?? []
        if words.count > 1, let kilobytes = Int(words[1]) {
            ledger.note(residentBytes: kilobytes * 1024)
        }
    }

    // MARK: Locust

    /// The one that was started last: those before it were killed.
    private func signalWorker(of cluster: ChaosCluster, _ signal: Int32) {
        guard let master = masters[cluster] else { return }
        master.signalWorker(master.workersStarted - 1, signal)
    }

    private func killMaster(
        of cluster: ChaosCluster, withWorker: Bool, for lasting: Duration
    ) async throws {
        guard let master = masters[cluster] else { return }
        if withWorker { signalWorker(of: cluster, SIGKILL) }
        master.signalMaster(SIGKILL)
        try await Task.sleep(for: lasting)
        try await master.restartMaster()
        if withWorker {
            try master.startWorker()
        } else if (try? await master.waitForWorkers(1, within: .seconds(15))) == nil {
            // One that has given its master up is started anew, as everywhere.
            signalWorker(of: cluster, SIGKILL)
            try master.startWorker()
        }
    }
}
