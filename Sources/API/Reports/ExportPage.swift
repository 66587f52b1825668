import ControlPlane
import Foundation
import Reports

/// The steps of a run that one page of an export is made of.
struct ExportPage: Sendable {
    let run: RunID
    let start: Date
    let isFirst: Bool
    /// Where the next page begins; nil for the last one.
    let next: PageMark?
    private let window: ClosedRange<Date>
    /// One step beyond the window where there is one: what falls on the end of the window belongs
    /// to that, as it does in a series that is read at once.
    private let reach: ClosedRange<Date>
    private let stepCount: Int
    private let step: Double
    /// Nil for all requests.
    private let endpoints: [Endpoint?]

    init(of run: Run, rowsMax: Int, _ call: Call) async throws(Problem) {
        let history = call.services.history
        let (found, observed) = try await call.perform { () async throws(ControlPlaneError) in
            (try await history.endpoints(of: run.id), try await history.observedTime(of: run.id))
        }
        self.run = run.id
        endpoints = [nil] + found
        start = run.startRequestedAt ?? run.audit.createdAt
        // The last numbers arrive after the stop and belong to the run.
        let end = max(
            run.endedAt ?? call.services.time.now, observed?.upperBound ?? start, start)
        step = call.query("resolution").flatMap(DurationText.seconds) ?? 1
        let steps = Int((end.timeIntervalSince(start) / step).rounded(.up))
        let mark = try Pages.request(call).after
        let first = min(max(0, mark.flatMap { Int($0.value) } ?? 0), steps)
        let limit = call.query("limit").flatMap { Int($0) } ?? rowsMax
        let many = min(TimeSeries.pointsMax - 1, max(1, min(limit, rowsMax) / endpoints.count))
        let last = min(steps, first + many)
        isFirst = mark == nil
        next = last < steps ? PageMark(value: "\(last)", id: "") : nil
        let from = start.addingTimeInterval(Double(first) * step)
        let to = min(end, start.addingTimeInterval(Double(last) * step))
        window = from...max(from, to)
        reach = from...max(from, min(end, to.addingTimeInterval(step)))
        stepCount = last - first
    }

    /// By time, and in each step all requests first.
    func rows(from history: any RunHistory) async throws(ControlPlaneError) -> [ExportRow] {
        guard window.lowerBound < window.upperBound else { return [] }
        var columns: [[ExportRow]] = []
        for endpoint in endpoints {
            let samples = try await history.samples(of: run, endpoint: endpoint, around: reach)
            let series = TimeSeries(
                samples: samples, start: start, window: reach, resolutionSeconds: step)
            columns.append(
                series.points.prefix(stepCount).map {
                    ExportRow.step($0, of: endpoint, since: start)
                })
            // Others want this thread as well.
            await Task.yield()
        }
        let steps = columns.map(\.count).max() ?? 0
        return (0..<steps).flatMap { step in columns.map { $0[step] } }
    }

    /// By time.
    func lines(from history: any RunHistory) async throws(ControlPlaneError)
        -> [HistogramLog.Line]
    {
        var lines: [HistogramLog.Line] = []
        // The last page has what was seen at the very end.
        let end = next == nil ? Date.distantFuture : window.upperBound
        for endpoint in endpoints {
            let samples = try await history.samples(of: run, endpoint: endpoint, around: window)
            lines += HistogramLog.lines(
                samples, of: endpoint, in: window.lowerBound..<end, start: start)
            await Task.yield()
        }
        return lines.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        .map(\.element)
    }
}
