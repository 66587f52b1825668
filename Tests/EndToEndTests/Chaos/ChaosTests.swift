import Foundation
import JSON
import TestSupport
import Testing

/// Everything dies, is cut off or fills up, at random times that a seed decides, while callers go
/// on starting and stopping runs.
///
/// It runs in a process of its own (see the Makefile): it needs the machine for itself for some
/// minutes.
@Suite(.serialized, .timeLimit(.minutes(ChaosSettings.fromEnvironment.minutesMax)))
struct ChaosTests {
    @Test func `no run is lost, doubled or left running, whatever goes wrong`() async throws {
        let settings = ChaosSettings.fromEnvironment
        let plan = ChaosPlan(settings, hasSmallDisk: SmallDisk.canBeMade)
        say("chaos: repeat it with \(settings.instruction)")
        if !SmallDisk.canBeMade { say("no right to mount a small disk: it does not fill up") }
        for trouble in plan.troubles { say("  \(trouble)") }
        try await ChaosScene.with { scene in
            async let troubles: Void = scene.bringAbout(plan)
            await scene.call(plan, for: settings.seconds)
            await troubles
            scene.noteMemory()
            let verdict = try await ChaosVerdict(scene)
            say("\(verdict)")
            let violations = verdict.violations + (await scene.runOnceMore())
            if !violations.isEmpty { try scene.keepLogs(settings) }
            for violation in violations {
                Issue.record("\(settings.instruction): \(violation)")
            }
        }
    }

    @Test func `the same seed makes the same plan, another seed another one`() {
        let settings = ChaosSettings(seed: 1, runs: 200, seconds: 100)
        let other = ChaosSettings(seed: 2, runs: 200, seconds: 100)
        #expect(ChaosPlan(settings) == ChaosPlan(settings))
        #expect(ChaosPlan(settings) != ChaosPlan(other))
        #expect(ChaosPlan(settings).runs.values.reduce(0) { $0 + $1.count } == 200)
    }

    private func say(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }
}

extension ChaosScene {
    /// Each cluster is left free, whatever it went through.
    ///
    /// - Returns: what is wrong.
    func runOnceMore() async -> [String] {
        await withTaskGroup(of: Void.self) { group in
            for cluster in ChaosCluster.all {
                // Not shorter: without the hook, what a master shows may be 2 s old.
                let run = ChaosPlan.Run(
                    name: "after-\(cluster)", users: 2, seconds: 4, stopAfter: nil, change: nil,
                    isRepeated: false)
                group.addTask { await self.play(run, on: cluster) }
            }
        }
        return ledger.accounts.filter { $0.plan.name.hasPrefix("after") }.compactMap { account in
            account.over?["endReason"]?.text == "durationElapsed"
                ? nil : "\(account.cluster) is not left free: \(account.over ?? .null)"
        }
    }

    /// For whoever looks into a failure.
    func keepLogs(_ settings: ChaosSettings) throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "chaos-\(settings.seed)-\(UUID().uuidString.prefix(4))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let service = service.programs.map(\.output).joined(separator: "== next\n")
        try service.write(
            to: folder.appending(path: "service.log"), atomically: true, encoding: .utf8)
        for (cluster, master) in masters {
            try master.logs.write(
                to: folder.appending(path: "\(cluster).log"), atomically: true, encoding: .utf8)
        }
        try (faultLines + runLines).joined(separator: "\n").write(
            to: folder.appending(path: "course.txt"), atomically: true, encoding: .utf8)
        print("logs are in \(folder.path)")
    }

    private func seconds(_ date: Date?) -> String {
        date.map { String(format: "%.1f", $0.timeIntervalSince(ledger.beginning)) } ?? "-"
    }

    private var faultLines: [String] {
        ledger.faults.sorted { $0.from < $1.from }
            .map { "\(seconds($0.from)) - \(seconds($0.to)): \($0.fault)" }
    }

    private var runLines: [String] {
        ledger.accounts.sorted { $0.begunAt < $1.begunAt }.map { account in
            let over = account.over
            return "\(account.cluster) \(account.plan.name) \(account.id ?? ""): "
                + "begun \(seconds(account.begunAt)), "
                + "accepted \(seconds(over?["createdAt"]?.date)), "
                + "stopped \(seconds(account.stopAnsweredAt)), "
                + "deadline \(seconds(account.deadline)), "
                + "ended \(seconds(over?["endedAt"]?.date)): "
                + "\(over?["endReason"]?.text ?? "not over"), \(over?["endDetail"]?.text ?? "")"
        }
    }
}
