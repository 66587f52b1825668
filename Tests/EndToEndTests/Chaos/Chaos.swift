import Foundation
import TestSupport

/// How long and how much, from the environment of the test.
struct ChaosSettings: Sendable {
    /// Decides what is done, and when; what the machine makes of it is not repeatable.
    var seed: UInt64
    /// Runs that are begun at most.
    var runs: Int
    /// After as many seconds no fault begins, and after twice as many no run.
    var seconds: Double

    static let fromEnvironment = ChaosSettings(
        seed: number("SEED") ?? UInt64(Date().timeIntervalSince1970),
        runs: number("RUNS") ?? 200, seconds: number("SECONDS") ?? 120)

    private static func number<Number: LosslessStringConvertible>(_ name: String) -> Number? {
        ProcessInfo.processInfo.environment["SWARMKEEPER_CHAOS_\(name)"].flatMap { Number($0) }
    }

    /// What comes before and after the faults takes some minutes on a busy machine.
    var minutesMax: Int { Int(seconds * 2 / 60) + 10 }

    var instruction: String {
        "SWARMKEEPER_CHAOS_SEED=\(seed) SWARMKEEPER_CHAOS_RUNS=\(runs) "
            + "SWARMKEEPER_CHAOS_SECONDS=\(Int(seconds))"
    }
}

/// A cluster of the test.
struct ChaosCluster: Hashable, Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        /// Locust with our hook module, Locust without it, and engines of ours.
        case hooks, plain, native
    }

    let id: String
    let kind: Kind

    static let all = [
        ChaosCluster(id: "hooks-a", kind: .hooks), ChaosCluster(id: "hooks-b", kind: .hooks),
        ChaosCluster(id: "plain", kind: .plain),
        ChaosCluster(id: "native-a", kind: .native), ChaosCluster(id: "native-b", kind: .native),
    ]

    var runsAtOnce: Int { kind == .native ? 4 : 1 }

    /// Of a hundred runs of the whole test: as many as it takes in the same time. Without the hook
    /// a master's last numbers take 8 s.
    var share: Int {
        switch kind {
        case .hooks: 5
        case .plain: 4
        case .native: 43
        }
    }

    var description: String { id }
}

/// One thing that goes wrong.
enum Fault: Hashable, Sendable, CustomStringConvertible {
    /// By SIGKILL, by SIGTERM, which leaves the runs, and by SIGSTOP.
    case killService, shutDownService, pauseService
    case fillDisk
    case killWorker(ChaosCluster)
    case pauseWorker(ChaosCluster)
    /// - withWorker: as one that takes the whole machine with it.
    case killMaster(ChaosCluster, withWorker: Bool)
    case network(ChaosCluster, FaultProxy.Mode)
    /// Between hooks and the service.
    case callbacks(FaultProxy.Mode)
    case pauseEngine(ChaosCluster)
    case killEngine(ChaosCluster)

    /// The one that it concerns; nil for all.
    var cluster: ChaosCluster? {
        switch self {
        case .killService, .shutDownService, .pauseService, .fillDisk, .callbacks: nil
        case .killWorker(let cluster), .pauseWorker(let cluster), .killMaster(let cluster, _),
            .network(let cluster, _), .pauseEngine(let cluster), .killEngine(let cluster):
            cluster
        }
    }

    /// What is counted together.
    var kind: String {
        switch self {
        case .killService: "service killed"
        case .shutDownService: "service shut down"
        case .pauseService: "service paused"
        case .fillDisk: "disk full"
        case .killWorker: "worker killed"
        case .pauseWorker: "worker paused"
        case .killMaster(_, let withWorker):
            withWorker ? "master and worker killed" : "master killed"
        case .network(_, let mode): "network to master: \(mode.kind)"
        case .callbacks(let mode): "network of callbacks: \(mode.kind)"
        case .pauseEngine: "engine paused"
        case .killEngine: "engine killed"
        }
    }

    var description: String {
        let delay: Duration? =
            switch self {
            case .network(_, .delay(let delay)), .callbacks(.delay(let delay)): delay
            default: nil
            }
        return kind + (delay.map { " by \($0)" } ?? "") + (cluster.map { " of \($0)" } ?? "")
    }
}

extension FaultProxy.Mode {
    var kind: String {
        switch self {
        case .pass: "passes"
        case .delay: "late"
        case .reset: "resets"
        case .blackHole: "black hole"
        case .swallowAnswers: "answers lost"
        }
    }
}
