import Glibc
import Networking

/// Brings together what the threads of a run have counted, once a second.
struct Collector {
    /// Between two looks whether a second is complete.
    private static let pauseMicroseconds: UInt32 = 50_000

    let plan: LoadPlan
    let control: RunControl
    let ports: [WorkerPort]
    let onReport: @Sendable (LoadReport) -> Void

    func run() {
        var total = LoadStatistics(endpointCount: plan.program.endpoints.count)
        var generator = GeneratorWatch()
        var failures = plan.stopRule.map { FailureWatch($0) }
        var secondsReported = 0
        // What was told sooner is of the first second all the same.
        var early = reportEarly(into: &total)
        while true {
            let gauges = ports.map(\.gauges)
            let isOver = gauges.allSatisfy { $0.end != nil }
            // A thread that is over does not delay the seconds of the others.
            let seconds = gauges.filter { $0.end == nil }.map(\.secondsDone).min()
            guard isOver || (seconds ?? 0) > secondsReported else {
                usleep(Self.pauseMicroseconds)
                continue
            }
            let (interval, taken) = take()
            total.merge(interval)
            secondsReported = seconds ?? secondsReported
            early.merge(interval)
            let second = early
            early = LoadStatistics(endpointCount: plan.program.endpoints.count)
            generator.note(second)
            let end = taken.allSatisfy { $0.end != nil } ? end(of: taken) : nil
            let elapsed: Duration =
                end == nil
                ? .seconds(secondsReported)
                : .nanoseconds(taken.map(\.loadNanoseconds).max() ?? 0)
            onReport(
                LoadReport(
                    elapsed: elapsed, interval: interval, total: total,
                    users: taken.reduce(0) { $0 + $1.users },
                    connections: taken.reduce(0) { $0 + $1.connections },
                    inFlight: taken.reduce(0) { $0 + $1.inFlight },
                    warnings: generator.warnings(about: total), end: end))
            if end != nil { return }
            if let broken = failures?.fault(after: second) {
                control.stop(.stopRuleBroken(broken))
            }
        }
    }

    /// Makes the plan's first report, if it wants one before the first second is full.
    ///
    /// - Returns: what was in it.
    private func reportEarly(into total: inout LoadStatistics) -> LoadStatistics {
        let nothing = LoadStatistics(endpointCount: plan.program.endpoints.count)
        guard let elapsed = plan.firstReport else { return nothing }
        while true {
            let gauges = ports.map(\.gauges)
            // On a machine that is late the second comes at once, and says more.
            if gauges.contains(where: { $0.secondsDone > 0 || $0.end != nil }) { return nothing }
            if gauges.allSatisfy(\.hasBegun) { break }
            usleep(Self.pauseMicroseconds)
        }
        let (interval, taken) = take()
        total.merge(interval)
        onReport(
            LoadReport(
                elapsed: elapsed, interval: interval, total: total,
                users: taken.reduce(0) { $0 + $1.users },
                connections: taken.reduce(0) { $0 + $1.connections },
                inFlight: taken.reduce(0) { $0 + $1.inFlight }, warnings: [], end: nil))
        return interval
    }

    private func take() -> (LoadStatistics, [WorkerPort.Gauges]) {
        var interval = LoadStatistics(endpointCount: plan.program.endpoints.count)
        var gauges: [WorkerPort.Gauges] = []
        for port in ports {
            let handover = port.take()
            interval.merge(handover.statistics)
            gauges.append(handover.gauges)
        }
        return (interval, gauges)
    }

    /// The reason that says most: one from outside or a failure before those of the plan.
    private func end(of gauges: [WorkerPort.Gauges]) -> LoadEnd {
        let ends = gauges.compactMap(\.end)
        return ends.first { !$0.isPlanned } ?? ends.first { $0 == .durationElapsed }
            ?? ends.first { $0 == .dataUsedUp } ?? .budgetSpent
    }
}
