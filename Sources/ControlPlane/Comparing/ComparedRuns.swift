import Comparison
import Thresholds

/// A run and its baseline, read once for any number of comparisons of their parts.
struct ComparedRuns {
    let differences: [RunDifference]
    let ignoredSeconds: Double
    /// Why nothing can be compared.
    let trouble: ComparisonLack?
    /// What else to know, such as of runs of the baseline that are left out.
    let notes: [String]
    private let after: MeasuredCourse
    private let before: [MeasuredCourse]
    /// Runs that only tell how much runs differ among themselves.
    private let history: [TellingRun]
    /// Of these the newest tell it of single endpoints: each costs a reading of all that was
    /// measured of the endpoint, and there are many of them.
    private static let endpointHistoryMax = 4

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
        history = try await Self.history(of: baseline, like: after, ignoring: ignored, from: store)
        notes = Self.notes(baseline, troubles, usable, tellingRuns: usable.count + history.count)
        let lacking = usable.isEmpty ? troubles.first ?? baseline.missing ?? "there is none" : nil
        trouble = after.trouble.map { .own($0) } ?? lacking.map { .ofBaseline($0) }
    }

    /// What cannot be used tells nothing, and need not be told: nobody has asked for it.
    private static func history(
        of baseline: Baseline, like run: MeasuredCourse, ignoring seconds: Double,
        from store: any RunMeasurements
    ) async throws(ControlPlaneError) -> [TellingRun] {
        var found: [TellingRun] = []
        for other in baseline.history where other.rampSeconds <= seconds {
            let course = try await MeasuredCourse(of: other, ignoring: seconds, from: store)
            guard course.trouble == nil, course.measurement.source == run.measurement.source
            else { continue }
            if let told = try await TellingRun(course) { found.append(told) }
        }
        return found
    }

    private static func notes(
        _ baseline: Baseline, _ troubles: [String], _ usable: [MeasuredCourse], tellingRuns: Int
    ) -> [String] {
        guard !usable.isEmpty else { return [] }
        var notes = troubles.map { "left out: " + $0 }
        if let missing = baseline.missing { notes.append(missing) }
        if tellingRuns < CourseComparison.runsMin {
            notes.append(RunComparison.words(ofTooFewRuns: tellingRuns))
        }
        return notes
    }

    var endpointCount: Int { after.measurement.endpoints.count }

    /// Those of the run with the most requests, these first.
    func busiestEndpoints(_ most: Int) async throws(ControlPlaneError) -> [Endpoint] {
        try await after.measurement.busiestEndpoints(most)
    }

    func figures(_ measures: [Measure], in scope: ThresholdScope)
        async throws(ControlPlaneError) -> (figures: [ComparedFigure], lack: ComparisonLack?)
    {
        guard scope != .all else { return try await figures(measures) { _ in nil } }
        return try await figures(measures) { known in known.filter { scope.contains($0) } }
    }

    /// With fewer draws: of many endpoints each is one among many numbers.
    func figures(_ measures: [Measure], of endpoint: Endpoint)
        async throws(ControlPlaneError) -> (figures: [ComparedFigure], lack: ComparisonLack?)
    {
        let draws = max(250, CourseComparison.drawsMax / (before.count + 1))
        let telling = history.prefix(Self.endpointHistoryMax)
        return try await figures(measures, draws: draws, beside: telling) {
            $0.filter { $0 == endpoint }
        }
    }

    /// - Parameter chosen: the endpoints that are meant; nil for all requests.
    private func figures(
        _ measures: [Measure], draws: Int = CourseComparison.drawsMax,
        beside history: ArraySlice<TellingRun>? = nil, of chosen: ([Endpoint]) -> [Endpoint]?
    ) async throws(ControlPlaneError) -> (figures: [ComparedFigure], lack: ComparisonLack?) {
        if let trouble { return ([], trouble) }
        let own = try await after.course(of: chosen(after.measurement.endpoints))
        guard let own else { return ([], .own("there is no such endpoint in run \(after.run)")) }
        var others: [Course] = []
        for run in before {
            let course = try await run.course(of: chosen(run.measurement.endpoints))
            if let course { others.append(course) }
        }
        guard !others.isEmpty else {
            return ([], .ofBaseline("there is no such endpoint in the baseline"))
        }
        var telling: [Course] = []
        for run in history ?? self.history[...] {
            let course = try await run.course(of: chosen(run.endpoints))
            if let course { telling.append(course) }
        }
        guard
            let comparison = CourseComparison(
                before: others, history: telling, after: own, drawCount: draws)
        else { return ([], .own("there are too few seconds to know their noise")) }
        let figures = measures.compactMap { measure in Figure(measure).map { (measure, $0) } }
        let lacking = figures.map { _, figure in figure.lack(in: own, besides: others) }
        let asked = zip(figures, lacking).filter { $0.1 == nil }.map(\.0.1)
        let changes = comparison.changes(of: asked)
        return (
            zip(figures, lacking).map { item, lack in
                let (measure, figure) = item
                guard let change = changes[figure] else {
                    let lack = lack ?? Self.lack(of: figure, in: comparison)
                    return ComparedFigure(measure: measure, change: nil, lack: lack)
                }
                let factor = measure.kind == .time ? 0.001 : 1
                return ComparedFigure(
                    measure: measure, change: change.scaled(by: factor), lack: nil)
            }, nil
        )
    }

    /// A target that answers nothing has requests, but no times: its run is not as it should be.
    private static func lack(of figure: Figure, in comparison: CourseComparison) -> ComparisonLack {
        let words = "there is nothing to tell it from"
        return comparison.isTold(figure) ? .ofBaseline(words) : .own(words)
    }
}
