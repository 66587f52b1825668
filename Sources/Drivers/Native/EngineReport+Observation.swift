import ControlPlane
import Foundation

extension EngineReport {
    /// - Parameters:
    ///   - start: when the load began, by this machine's calendar.
    ///   - epoch: the engine's process.
    func observation(from start: Date, epoch: String) -> Observation {
        Observation(
            key: .init(source: .engine, epoch: epoch, sequence: sequence),
            time: start.addingTimeInterval(elapsed.inSeconds), users: users, workers: nil,
            totals: totals, endpoints: endpoints, errors: errors, isFinal: end != nil,
            engine: evidence, generator: interval)
    }

    /// The last report of an engine that could not make it: what was known of it before.
    static func last(_ known: EngineReport?, end: EngineEnd) -> EngineReport {
        var report = known ?? EngineReport(sequence: 0, elapsed: .zero, users: 0, totals: Sample())
        report.sequence += 1
        report.users = 0
        report.totals.histogramDelta = nil
        report.interval = GeneratorInterval()
        for index in report.endpoints.indices {
            report.endpoints[index].sample.histogramDelta = nil
        }
        report.end = end
        return report
    }
}

extension EngineEnd {
    /// The domain's reason; nil where the domain knows better what was asked for.
    var reason: EndReason? {
        switch cause {
        case .durationElapsed: .durationElapsed
        case .budgetSpent: .testEnded
        case .stopped: nil
        case .signalled, .leaseExpired: .loadVanished
        case .stopRuleBroken: .thresholdBroken
        case .failed: .clusterLost
        }
    }
}
