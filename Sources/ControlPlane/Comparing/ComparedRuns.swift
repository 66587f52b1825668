import Comparison
import Metrics
import Thresholds

/// A run and its baseline, read once for any number of comparisons of their parts.
struct ComparedRuns {
    let differences: [RunDifference]
    let ignoredSeconds: Double
    /// Why nothing can be compared.
    let trouble: String?
    /// What else to know, such as of runs of the baseline that are left out.
    let notes: [String]
    private let after: MeasuredCourse
    private let before: [MeasuredCourse]

    /// - Parameters:
    ///   - seconds: at the start of each run that do not count, beside its ramp.
    ///   - measurement: of the run, where it was read already.
    init(
        _ run: Run, _ baseline: Baseline, ignoring seconds: Double = 0,
        measured measurement: RunMeasurement? = nil, from store: any RunMeasurements
    ) async throws(ControlPlaneError) {
        let ignored = ([run] + baseline.runs).map(\.rampSeconds).reduce(seconds, max)
        ignoredSeconds = ignored
        differences = baseline.runs.first.map { RunDifference.between($0, run) } ?? []
        after = try await MeasuredCourse(
            of: run, ignoring: ignored, measured: measurement, from: store)
        var (usable, troubles) = ([MeasuredCourse](), [String]())
        for other in baseline.runs {
            let course = try await MeasuredCourse(of: other, ignoring: ignored, from: store)
            if let trouble = course.trouble {
                troubles.append(trouble)
            } else if course.measurement.source != after.measurement.source {
                troubles.append("run \(other.id) was measured in another way")
            } else {
                usable.append(course)
            }
        }
        before = usable
        var notes = usable.isEmpty ? [] : troubles.map { "left out: " + $0 }
        if !usable.isEmpty, let missing = baseline.missing { notes.append(missing) }
        if usable.count == 1 {
            notes.append(
                "one run does not tell how much runs of one build differ among themselves: a "
                    + "baseline of several does")
        }
        self.notes = notes
        trouble =
            after.trouble
            ?? (usable.isEmpty ? troubles.first ?? baseline.missing ?? "there is no baseline" : nil)
    }

    /// Those of the run, with the most requests first.
    func endpoints() async throws(ControlPlaneError) -> [Endpoint] {
        var counted: [(endpoint: Endpoint, requests: Int)] = []
        for endpoint in after.measurement.endpoints {
            counted.append((endpoint, try await after.measurement.requests(of: endpoint)))
        }
        return counted.sorted { $0.requests > $1.requests }.map(\.endpoint)
    }

    func figures(_ measures: [Measure], in scope: ThresholdScope)
        async throws(ControlPlaneError) -> (figures: [ComparedFigure], reason: String?)
    {
        guard scope != .all else { return try await figures(measures) { _ in nil } }
        return try await figures(measures) { known in known.filter { scope.contains($0) } }
    }

    func figures(_ measures: [Measure], of endpoint: Endpoint)
        async throws(ControlPlaneError) -> (figures: [ComparedFigure], reason: String?)
    {
        try await figures(measures) { known in known.filter { $0 == endpoint } }
    }

    /// - Parameter chosen: the endpoints that are meant; nil for all requests.
    private func figures(
        _ measures: [Measure], of chosen: ([Endpoint]) -> [Endpoint]?
    ) async throws(ControlPlaneError) -> (figures: [ComparedFigure], reason: String?) {
        if let trouble { return ([], trouble) }
        let own = try await after.course(of: chosen(after.measurement.endpoints))
        guard let own else { return ([], "there is no such endpoint in run \(after.run)") }
        var others: [Course] = []
        for run in before {
            let course = try await run.course(of: chosen(run.measurement.endpoints))
            if let course { others.append(course) }
        }
        guard !others.isEmpty else { return ([], "there is no such endpoint in the baseline") }
        guard let comparison = CourseComparison(before: others, after: own) else {
            return ([], "there are too few seconds to know their noise")
        }
        let figures = measures.compactMap { measure in Figure(measure).map { (measure, $0) } }
        let lacking = figures.map { _, figure in
            figure.lack(in: others + [own])
        }
        let asked = zip(figures, lacking).filter { $0.1 == nil }.map(\.0.1)
        let changes = comparison.changes(of: asked)
        return (
            zip(figures, lacking).map { item, lack in
                let change = changes[item.1].map { $0.scaled(by: item.0.kind == .time ? 0.001 : 1) }
                return ComparedFigure(
                    measure: item.0, change: change,
                    reason: change == nil ? lack ?? "there is nothing to tell it from" : nil)
            }, nil
        )
    }
}

extension RunComparison {
    /// - Parameter baseline: runs that are over; none of them is fine, and told.
    package static func compare(
        _ run: Run, with baseline: Baseline, from store: any RunMeasurements
    ) async throws(ControlPlaneError) -> RunComparison {
        let runs = try await ComparedRuns(run, baseline, from: store)
        let (figures, reason) = try await runs.figures(measures, in: .all)
        var rows: [Row] = []
        let endpoints = runs.trouble == nil ? try await runs.endpoints() : []
        for endpoint in endpoints.prefix(endpointsMax) {
            let (figures, reason) = try await runs.figures(measures, of: endpoint)
            rows.append(Row(endpoint: endpoint, figures: figures, reason: reason))
            // Each takes some hundredths of a second of a thread that others want, too.
            await Task.yield()
        }
        return RunComparison(
            run: run.id, baseline: baseline, ignoredSeconds: runs.ignoredSeconds,
            differences: runs.differences, trouble: runs.trouble, notes: runs.notes,
            totals: Row(endpoint: nil, figures: figures, reason: reason), endpoints: rows,
            endpointsLeftOut: max(0, endpoints.count - endpointsMax))
    }
}

extension Figure {
    /// Nil for what cannot be compared.
    fileprivate init?(_ measure: Measure) {
        switch measure {
        case .percentile(let share) where share < 100: self = .percentile(share)
        case .mean: self = .mean
        case .errorRate: self = .errorRate
        case .rps: self = .rate
        default: return nil
        }
    }

    /// Requests that must be slower than a percentile: of fewer, chance alone decides where it is.
    private static let slowerMin = 10.0

    /// Why one of the courses does not tell it; nil where all do.
    fileprivate func lack(in courses: [Course]) -> String? {
        guard case .percentile(let share) = self else { return nil }
        let counts = courses.map { course in
            course.intervals.reduce(0.0) { $0 + Double($1.responseTimes.count) }
        }
        guard let least = counts.min(), least > 0 else {
            return "it cannot be told without histograms"
        }
        // Not one more because of the last digit of a fraction.
        let needed = (Self.slowerMin / min(1 - share / 100, share / 100) - 1e-6).rounded(.up)
        guard least < needed else { return nil }
        return "\(Int(needed)) responses are needed, and one of the runs has \(Int(least))"
    }
}
