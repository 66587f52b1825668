import Foundation
import Metrics
import Thresholds

/// What was measured of a run that is over, as its thresholds need it.
struct RunMeasurement {
    /// Response times of a smaller share of the responses are not those of the run.
    private static let timesKnownMin = 0.99
    /// A report that follows the one before so soon, as the last one of a run does, has only what
    /// that one had missed.
    private static let intervalMin = 0.5

    let seconds: Double
    let source: Observation.Source?
    let endpoints: [Endpoint]
    /// In order, by where they come from.
    let troubles: [[TroubleSpan]]
    /// Of the totals.
    private(set) var intervals: [MeasuredInterval]
    /// What is missing in the numbers of the whole run.
    let gap: String?
    private let start: Date
    private var totals: [TimedSample]
    private let store: any RunMeasurements
    private let run: RunID

    init(of run: Run, from store: any RunMeasurements) async throws(ControlPlaneError) {
        self.store = store
        self.run = run.id
        start = run.startRequestedAt ?? run.audit.createdAt
        seconds = run.loadSeconds(at: run.endedAt ?? start)
        let all = try await store.samples(of: run.id, endpoint: nil)
        let sources: [Observation.Source] = [.engine, .callback, .poll]
        let source = sources.first { kind in all.contains { $0.source == kind } }
        let generator = try await store.generatorIntervals(of: run.id)
        endpoints = try await store.endpoints(of: run.id)
        totals = all.filter { $0.source == source }
        self.source = source
        let dropped = Dictionary(
            generator.map { ($0.time, $0.interval.dropped) }, uniquingKeysWith: +)
        let reach = TroubleSpan.Reach(start: start, seconds: seconds)
        troubles = TroubleSpan.generator(generator, reach) + [TroubleSpan.workers(all, reach)]
        let responses = try await store.engineEvidence(of: run.id)?.statusCodes.values.reduce(0, +)
        let measured = Self.intervals(
            totals.map { ($0.time, $0.sample) }, source ?? .poll, dropped, reach)
        gap = Self.gap(in: measured, all, source, responses)
        intervals = Self.marked(measured, by: troubles, isKnown: gap == nil)
    }

    /// As one scope sees it; nil where it has no endpoint.
    func measured(_ scope: ThresholdScope) async throws(ControlPlaneError) -> MeasuredRun? {
        try await measured(scope == .all ? nil : endpoints.filter { scope.contains($0) })
    }

    /// Of some endpoints together, nil for all requests; nil where there are none.
    func measured(_ matching: [Endpoint]?) async throws(ControlPlaneError) -> MeasuredRun? {
        guard let source else { return MeasuredRun(intervals: [], seconds: seconds) }
        guard let matching else { return scoped(totals.map(\.sample), intervals, source) }
        guard !matching.isEmpty else { return nil }
        var samples: [Date: [Sample]] = [:]
        for endpoint in matching {
            let own = try await store.samples(of: run, endpoint: endpoint)
                .filter { $0.source == source }
            for (time, sample) in Sample.byTime(own) { samples[time, default: []].append(sample) }
        }
        var last = Sample()
        let row = totals.map { timed in
            // An endpoint that a report leaves out has had nothing since; of two reports of one
            // moment the first has all of it.
            let sample =
                samples.removeValue(forKey: timed.time).flatMap { Sample.sum($0) }
                ?? last.withoutNews
            if sample.requests >= last.requests { last = sample }
            return (timed.time, sample)
        }
        let cut = Self.intervals(row, source, [:], .init(start: start, seconds: seconds))
        let marked = Self.marked(cut, by: troubles, isKnown: gap == nil)
        return scoped(row.map(\.1), marked, source)
    }

    /// The same without what is large: the response times of all requests. Those of endpoints are
    /// read when they are asked for.
    var withoutTimes: RunMeasurement {
        var slim = self
        slim.intervals = []
        slim.totals = totals.map {
            TimedSample(
                time: $0.time, source: $0.source, users: $0.users, workers: $0.workers,
                sample: $0.sample.withoutNews)
        }
        return slim
    }

    func busiestEndpoints(_ most: Int) async throws(ControlPlaneError) -> [Endpoint] {
        try await store.busiestEndpoints(of: run, most)
    }

    private func scoped(
        _ samples: [Sample], _ intervals: [MeasuredInterval], _ source: Observation.Source
    ) -> MeasuredRun {
        var best = Sample()
        for sample in samples where sample.requests >= best.requests { best = sample }
        var summary: [Measure: Double] = [:]
        summary[.min] = best.minMs
        summary[.max] = best.maxMs
        if source != .engine { summary[.mean] = best.averageMs }
        if !samples.contains(where: { $0.encodedHistogramDelta != nil }) {
            summary[.percentile(50)] = best.p50Ms
            summary[.percentile(95)] = best.p95Ms
            summary[.percentile(99)] = best.p99Ms
        }
        return MeasuredRun(
            intervals: intervals, seconds: seconds, summary: summary, lateness: source.lateness)
    }

    private static func intervals(
        _ samples: [(time: Date, sample: Sample)], _ source: Observation.Source,
        _ dropped: [Int: Int], _ reach: TroubleSpan.Reach
    ) -> [MeasuredInterval] {
        var cutter = IntervalCutter()
        var intervals: [MeasuredInterval] = []
        // Two reports can tell of the same moment, as the last one does when load ends with a
        // second; what was dropped until then is of the first.
        var dropped = dropped
        for (time, sample) in samples {
            // What comes after the load belongs to its end.
            let moment = reach.moment(of: time)
            guard
                let next = cutter.cut(
                    sample, at: moment, from: source, dropped: dropped[time.milliseconds] ?? 0)
            else { continue }
            dropped[time.milliseconds] = nil
            if next.seconds < intervalMin, let last = intervals.indices.last {
                intervals[last].extend(by: next)
            } else {
                intervals.append(next)
            }
        }
        return intervals
    }

    private static func marked(
        _ intervals: [MeasuredInterval], by troubles: [[TroubleSpan]], isKnown: Bool
    ) -> [MeasuredInterval] {
        var marked = intervals
        for spans in troubles {
            var first = 0
            for index in marked.indices {
                while first < spans.count, spans[first].to <= marked[index].from + 0.01 {
                    first += 1
                }
                var next = first
                while next < spans.count, spans[next].from < marked[index].to - 0.01 {
                    marked[index].quality = max(marked[index].quality, spans[next].trouble.quality)
                    next += 1
                }
            }
        }
        if !isKnown { for index in marked.indices { marked[index].quality = .generator } }
        return marked
    }

    private static func gap(
        in intervals: [MeasuredInterval], _ samples: [TimedSample], _ source: Observation.Source?,
        _ engineResponses: Int?
    ) -> String? {
        guard source == .engine || source == .callback else { return nil }
        let times = intervals.reduce(0 as UInt64) { sum, interval in
            // Of a damaged store nothing is known of these.
            let histogram = interval.responseTimes.flatMap { try? Histogram(decoding: $0) }
            return sum + (histogram?.count ?? 0)
        }
        let most = samples.map(\.sample.requests).max() ?? 0
        let responses = source == .engine ? engineResponses ?? Int(clamping: times) : most
        guard Double(times) < Double(responses) * timesKnownMin else { return nil }
        return "the response times of only \(times) of \(responses) responses have arrived"
    }
}

/// A time in which a generator was in the way.
struct TroubleSpan {
    /// The time of a run's load.
    struct Reach {
        let start: Date
        let seconds: Double

        func moment(of time: Date) -> Double {
            min(time.secondsSinceLoad(from: start), seconds)
        }
    }

    let from: Double
    let to: Double
    let trouble: GeneratorTrouble
    let amount: Double

    /// Each source's own.
    static func generator(_ intervals: [TimedGeneratorInterval], _ reach: Reach)
        -> [[TroubleSpan]]
    {
        Dictionary(grouping: intervals, by: \.source).sorted { $0.key.rawValue < $1.key.rawValue }
            .map { source, intervals in
                var before = 0.0
                return intervals.flatMap { timed in
                    let date = Date(timeIntervalSince1970: Double(timed.time) / 1000)
                    let (from, to) = (before, reach.moment(of: date))
                    before = max(before, to)
                    return timed.interval.troubles(of: source).map {
                        TroubleSpan(from: from, to: max(from, to), trouble: $0, amount: $1)
                    }
                }
            }
    }

    /// Workers that were there before and are not now, as long as load was on.
    static func workers(_ samples: [TimedSample], _ reach: Reach) -> [TroubleSpan] {
        var (most, before) = (0, 0.0)
        return samples.compactMap { timed in
            guard let workers = timed.workers,
                timed.time.timeIntervalSince(reach.start) < reach.seconds
            else { return nil }
            let to = reach.moment(of: timed.time)
            defer { (most, before) = (max(most, workers), max(before, to)) }
            guard workers < most else { return nil }
            return TroubleSpan(
                from: before, to: to, trouble: .workersMissing, amount: Double(most - workers))
        }
    }
}

extension Date {
    /// To a millisecond, as it is stored.
    func secondsSinceLoad(from start: Date) -> Double {
        max(0, (timeIntervalSince(start) * 1000).rounded() / 1000)
    }

    var milliseconds: Int { Int((timeIntervalSince1970 * 1000).rounded()) }
}
