import Foundation
import TestSupport

/// Everything that the test will do; the same for the same settings.
struct ChaosPlan: Equatable, Sendable {
    struct Run: Equatable, Sendable {
        /// Its requests go to paths that begin with it.
        let name: String
        let users: Int
        let seconds: Double
        /// After its start was answered; nil leaves it to its deadline.
        let stopAfter: Double?
        let change: Change?
        /// Whether the start is sent again after it was answered.
        let isRepeated: Bool

        var usersMax: Int { max(users, change?.users ?? 0) }
    }

    struct Change: Equatable, Sendable {
        let users: Int
        let after: Double
    }

    struct Trouble: Equatable, Sendable, CustomStringConvertible {
        /// Seconds from the beginning.
        let at: Double
        let lasting: Double
        let fault: Fault

        var description: String {
            String(format: "%6.1f s, for %4.1f s: ", at, lasting) + fault.description
        }
    }

    let runs: [ChaosCluster: [Run]]
    /// Those of a lane come one after the other, those of several at the same time.
    let lanes: [[Trouble]]

    init(_ settings: ChaosSettings, hasSmallDisk: Bool = true) {
        var first = 1
        var runs: [ChaosCluster: [Run]] = [:]
        for (number, cluster) in ChaosCluster.all.enumerated() {
            var random = SeededGenerator(seed: settings.seed &+ UInt64(number) &* 0x1001)
            let count = (settings.runs * cluster.share + 50) / 100
            runs[cluster] = (first..<first + count).map { Self.run($0, on: cluster, &random) }
            first += count
        }
        self.runs = runs
        lanes = Lane.all(hasSmallDisk: hasSmallDisk).enumerated().map { number, lane in
            var random = SeededGenerator(seed: settings.seed &+ UInt64(number) &* 0x1003 &+ 7)
            return lane.troubles(within: settings.seconds, &random)
        }
    }

    var troubles: [Trouble] { lanes.joined().sorted { $0.at < $1.at } }

    private static func run(
        _ number: Int, on cluster: ChaosCluster, _ random: inout SeededGenerator
    ) -> Run {
        let isNative = cluster.kind == .native
        let seconds = Double.random(in: isNative ? 1...6 : 3...8, using: &random)
        let users = Int.random(in: 1...4, using: &random)
        let isStopped = random.chance(40)
        let isChanged = random.chance(30)
        return Run(
            name: "run-\(number)", users: users, seconds: isStopped ? seconds * 3 : seconds,
            stopAfter: isStopped ? Double.random(in: 0...seconds, using: &random) : nil,
            change: isChanged
                ? Change(
                    users: Int.random(in: 1...6, using: &random),
                    after: Double.random(in: 0...seconds / 2, using: &random)) : nil,
            isRepeated: random.chance(30))
    }
}

/// Faults that come one after the other, because they do not go together.
private struct Lane {
    let pause: ClosedRange<Double>
    /// Draws one, with how many seconds it lasts; told how much of the test is over, 0 to 1.
    let draw: @Sendable (inout SeededGenerator, Double) -> (Fault, ClosedRange<Double>)

    func troubles(within seconds: Double, _ random: inout SeededGenerator) -> [ChaosPlan.Trouble] {
        var all: [ChaosPlan.Trouble] = []
        var at = Double.random(in: 2...pause.upperBound, using: &random)
        while at < seconds {
            let (fault, lengths) = draw(&random, at / seconds)
            let lasting = Double.random(in: lengths, using: &random)
            all.append(.init(at: at, lasting: lasting, fault: fault))
            at += lasting + Double.random(in: pause, using: &random)
        }
        return all
    }

    static func all(hasSmallDisk: Bool) -> [Lane] {
        let service = Lane(pause: 5...15) { random, _ in
            (
                random.pick([.killService, .killService, .shutDownService, .pauseService]), 0...8
            )
        }
        let callbacks = Lane(pause: 6...18) { random, _ in
            (.callbacks(mode(&random)), 1...8)
        }
        let disk = Lane(pause: 10...25) { _, _ in (.fillDisk, 2...5) }
        return (hasSmallDisk ? [service, callbacks, disk] : [service, callbacks])
            + ChaosCluster.all.map { cluster in
                cluster.kind == .native ? engines(cluster) : locust(cluster)
            }
    }

    private static func engines(_ cluster: ChaosCluster) -> Lane {
        Lane(pause: 4...12) { random, _ in
            random.chance(60)
                ? (.pauseEngine(cluster), 1...3) : (.killEngine(cluster), 0...0)
        }
    }

    /// A master with the hook that was killed keeps its cluster for the 65 s that old workers may
    /// go on, so that happens early, when it lets the test end in time.
    private static let lastMasterKilled = 0.4

    private static func locust(_ cluster: ChaosCluster) -> Lane {
        Lane(pause: 5...14) { random, progress in
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<20 where cluster.kind == .plain || progress < lastMasterKilled:
                // Without our hook nothing ends the load of a worker whose master is gone before
                // Locust's own 60 s are over; then it dies with its machine only.
                let withWorker = cluster.kind == .plain || random.chance(50)
                return (.killMaster(cluster, withWorker: withWorker), 0...4)
            case 0..<20: return (.killWorker(cluster), 0...3)
            case 20..<30: return (.pauseWorker(cluster), 1...3)
            default: return (.network(cluster, mode(&random)), 1...10)
            }
        }
    }

    private static func mode(_ random: inout SeededGenerator) -> FaultProxy.Mode {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: .delay(.milliseconds(Int.random(in: 50...1500, using: &random)))
        case 1: .reset
        case 2: .swallowAnswers
        default: .blackHole
        }
    }
}
