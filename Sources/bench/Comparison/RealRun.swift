import Comparison
import Dispatch
import LoadEngine
import Metrics
import Synchronization

/// A run of the native engine against a target that is there, second by second.
final class RealRun: Sendable {
    /// A report that follows the one before so soon has only what that one had missed.
    private static let intervalMin = Duration.milliseconds(500)

    private let seen = Mutex((end: Duration.zero, intervals: [Comparison.Course.Interval]()))
    private let isOver = DispatchSemaphore(value: 0)

    /// Makes the load, and waits for its end.
    ///
    /// - Parameters:
    ///   - rate: requests per second.
    ///   - seconds: the first of which is not told, as in comparisons of the service.
    static func measure(_ url: String, rate: Double, seconds: Int) throws -> Comparison.Course {
        var settings = LoadSettings()
        settings.rate = rate
        settings.duration = .seconds(seconds)
        let plan = try LoadEngine.Scenario.single(url: url).plan(over: settings)
        let run = RealRun()
        let load = try LoadRun.start(plan) { run.take($0) }
        run.isOver.wait()
        return withExtendedLifetime(load) {
            Comparison.Course(run.seen.withLock { Array($0.intervals.dropFirst()) })
        }
    }

    private func take(_ report: LoadReport) {
        seen.withLock { seen in
            let length = report.elapsed - seen.end
            guard length >= Self.intervalMin else { return }
            seen.end = report.elapsed
            let all = report.interval.total
            seen.intervals.append(
                Comparison.Course.Interval(
                    seconds: length / .seconds(1), requests: all.requests,
                    responseTimes: all.latency, failures: all.failures))
        }
        if report.isFinal { isOver.signal() }
    }
}
