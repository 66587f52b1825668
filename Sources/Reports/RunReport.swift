import ControlPlane
import Foundation
import Metrics

/// All that a report of a run tells, gathered once; each form of a report only writes it down, so
/// that all of them have the same numbers.
package struct RunReport: Sendable {
    /// Lines of the run's story that a report has; a run whose workers come and go has thousands.
    package static let timelineMax = 300
    /// Steps of its series: more than a chart can show.
    static let stepsMax = 240.0

    /// The run, with its newest numbers.
    package let record: RunRecord
    /// Nil where the run has no cluster, or one that is not configured any more.
    package let clusterKind: Cluster.Kind?
    /// When the numbers were gathered.
    package let madeAt: Date
    package let summary: RunSummary
    /// Of all requests.
    package let series: TimeSeries
    /// Where the series ends.
    let seriesEnd: Date
    /// All response times in microseconds; empty where the source tells percentiles only.
    package let responseTimes: Histogram
    /// The first `timelineMax` lines.
    package let timeline: [TimelineEntry]
    package let timelineIsCut: Bool
    package let measurement: MeasurementMethod
    /// Nil for a run that was not judged.
    package var verdict: ReportVerdict?
    /// Nil for a run that has no baseline.
    package var comparison: RunComparison?

    package var run: Run { record.run }
    package var isLive: Bool { !run.state.isOver }
    package var hasBegun: Bool { run.startRequestedAt != nil }
    package var hasNumbers: Bool { summary.totals.requests > 0 }

    /// When the load began, as well as that can be known.
    package var start: Date { run.startRequestedAt ?? run.audit.createdAt }

    /// How many requests took how long, on a logarithmic scale.
    package var responseTimeBars: [ResponseTimeBar] { ResponseTimeBar.bars(of: responseTimes) }

    /// Users at once, the most that were seen; nil before anything was seen.
    package var usersMost: Int? { series.points.compactMap(\.users).max() }
}

extension RunReport {
    /// - Parameter now: of a live run the end of its series.
    package static func gather(
        _ record: RunRecord, on clusterKind: Cluster.Kind?,
        from history: any RunHistory & RunJournal,
        at now: Date
    ) async throws(ControlPlaneError) -> RunReport {
        let run = record.run
        let samples = try await history.samples(of: run.id, endpoint: nil)
        let summary = try await history.summary(of: run, at: now, totals: samples)
        let (timeline, isCut) = try await story(of: run.id, history)
        var responseTimes = Histogram()
        for timed in samples {
            if let delta = timed.sample.histogramDelta { responseTimes.merge(delta) }
        }
        let start = run.startRequestedAt ?? run.audit.createdAt
        // The last numbers arrive after the stop and belong to the run.
        let end = max(run.loadEndedAt ?? run.endedAt ?? now, samples.last?.time ?? start, start)
        let step = Self.step(for: end.timeIntervalSince(start))
        return RunReport(
            record: record, clusterKind: clusterKind, madeAt: now, summary: summary,
            series: TimeSeries(
                samples: samples, start: start, window: start...end, resolutionSeconds: step),
            seriesEnd: end, responseTimes: responseTimes, timeline: timeline, timelineIsCut: isCut,
            measurement: MeasurementMethod(samples, of: run, until: end),
            verdict: ReportVerdict(of: run))
    }

    /// A round number of seconds, of which the time has at most `stepsMax`.
    static func step(for seconds: Double) -> Double {
        let least = max(1, seconds / stepsMax)
        let round: [Double] = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600]
        return round.first { $0 >= least } ?? (least / 3600).rounded(.up) * 3600
    }

    private static func story(of run: RunID, _ journal: any RunJournal)
        async throws(ControlPlaneError) -> ([TimelineEntry], isCut: Bool)
    {
        var lines: [TimelineEntry] = []
        var request = PageRequest(limit: PageRequest.limitMax)
        while lines.count < timelineMax {
            let page = try await journal.timeline(of: run, request)
            lines += page.items
            guard let next = page.next else { return (lines, false) }
            request.after = next
        }
        return (lines, true)
    }
}
