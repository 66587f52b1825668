import Comparison
import Metrics
import Thresholds

/// What was measured of one run, as comparisons need it: the clean part, without the ramp.
struct MeasuredCourse {
    let run: RunID
    private(set) var measurement: RunMeasurement
    /// Why nothing of it can be compared.
    let trouble: String?
    private let ignoredSeconds: Double

    /// - Parameter measurement: of the run, where it was read already.
    init(
        of run: Run, ignoring seconds: Double, measured measurement: RunMeasurement? = nil,
        from store: any RunMeasurements
    ) async throws(ControlPlaneError) {
        self.run = run.id
        ignoredSeconds = seconds
        if let measurement {
            self.measurement = measurement
        } else {
            self.measurement = try await RunMeasurement(of: run, from: store)
        }
        trouble = Self.trouble(of: run, self.measurement, from: seconds)
    }

    /// The same, which does not tell of all requests any more, but still of each endpoint.
    var withoutTimes: MeasuredCourse {
        var course = self
        course.measurement = measurement.withoutTimes
        return course
    }

    private static func trouble(
        of run: Run, _ measurement: RunMeasurement, from start: Double
    ) -> String? {
        let name = "run \(run.id)"
        guard run.state.isOver else { return "\(name) is not over" }
        guard measurement.source != nil else { return "of \(name) nothing was measured" }
        let counted = measurement.intervals.filter { $0.from >= start }
        let verdict = MeasurementVerdict(measurement, from: start)
        guard verdict.isClean || counted.count < CourseComparison.intervalsMin else {
            return "in \(name) the generator was in the way: "
                + verdict.evidence.prefix(2).joined(separator: ", ")
        }
        let clean = counted.count { $0.quality == .clean }
        guard clean >= CourseComparison.intervalsMin else {
            return "\(name) has too few clean reports behind its first \(start.words) s to know "
                + "its own noise: \(clean), and \(CourseComparison.intervalsMin) are needed"
        }
        return nil
    }

    /// - Parameter most: the most intervals that it is told in.
    /// - Returns: nil for an endpoint that it does not have.
    func course(of endpoints: [Endpoint]?, into most: Int = Course.intervalsMax)
        async throws(ControlPlaneError) -> Course?
    {
        guard let measured = try await measurement.measured(endpoints) else { return nil }
        let intervals = measured.intervals.filter {
            $0.from >= ignoredSeconds && $0.quality == .clean && $0.seconds > 0
        }
        let hasTimes = intervals.allSatisfy(\.hasAllTimes)
        return Course(merging: intervals.count, into: most) {
            Self.interval(intervals[$0], hasTimes: hasTimes)
        }
    }

    private static func interval(_ measured: MeasuredInterval, hasTimes: Bool) -> Course.Interval {
        var times = Histogram()
        if hasTimes, let bytes = measured.responseTimes {
            // What a damaged store has lost is not counted; the run's own numbers tell of it.
            times = (try? Histogram(decoding: bytes)) ?? Histogram()
        }
        let mean = measured.responseMsSum.map { $0 * 1000 / Double(max(1, measured.requests)) }
        return Course.Interval(
            seconds: measured.seconds, requests: UInt64(clamping: measured.requests),
            responseTimes: times, failures: UInt64(clamping: measured.failures),
            meanTime: hasTimes ? nil : mean)
    }
}

extension Run {
    /// Seconds in which users are still being added, and one more: load begins somewhere in it.
    /// Where that is most of the run, there is nothing else to compare. A scenario with its own
    /// arrivals or stages has no such ramp.
    var rampSeconds: Double {
        let load = spec.scenario?["load"]
        guard load?["rate"] == nil, load?["stages"] == nil else { return 1 }
        let ramp = plan.spawnRate > 0 ? Double(plan.targetUsers) / plan.spawnRate : 0
        return ramp * 2 > plan.durationSeconds ? 1 : ramp + 1
    }
}
