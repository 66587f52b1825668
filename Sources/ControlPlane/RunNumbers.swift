import Foundation
import Metrics

/// Merges the observations of one run, from all sources, into one picture.
///
/// Counts of all sources are cumulative, so they are never added up: the highest count is the
/// truth, a lower one is an older look at the same requests. Only histogram deltas are added, each
/// once, because every observation has a key.
package struct RunNumbers: Sendable {
    /// Long enough to hold two polls at the default interval, short enough to follow a ramp.
    package static let rateWindow = Duration.seconds(20)
    /// A count may be this old when it is seen: workers report every 3 s, and the master keeps its
    /// answer for 2 s more (locust.md, section 1.6). Within this time an unchanged count is no
    /// sign that nothing happened, unless it comes from the native engine.
    static let countAgeMax: TimeInterval = 6

    /// The highest sequence of each reporting process. A run has one of each source and one more
    /// for each restart; an old one may still repeat what it has sent before.
    private var seen: [Reporter: Int] = [:]
    private var best = Sample()
    private var bestTime: Date?
    private var users = (time: Date.distantPast, count: 0)
    private var histogram = Histogram()
    private var rate = RateWindow(window: RunNumbers.rateWindow)
    private var origin: Date?
    private var lastGrowth: Date?
    /// Since when no higher count was seen, of any source.
    private var grewAt: Date?
    /// When the load ended by the word of whoever made it: the engine, or the hook.
    private var reportedEnd: Date?
    /// When load was asked for. The engine's counts begin with 0 there; of a master that is not
    /// known, which may show what came before its reset.
    var loadStart: Date?
    /// When the load ended by the engine's own account; nil before that, and for other sources.
    private(set) var engineEnd: Date?
    package private(set) var finalNumbersAreIn = false
    /// How many observations have counted.
    private(set) var absorbedCount = 0
    /// Whether a hook reports on this run.
    private(set) var hasCallbacks = false
    /// The most workers that were there at once.
    private(set) var workersMost = 0

    private struct Reporter: Hashable {
        let source: Observation.Source
        let epoch: String

        init(_ key: Observation.Key) {
            (source, epoch) = (key.source, key.epoch)
        }
    }

    package init() {}

    /// Whether an observation with this key was absorbed before, or is older than one that was.
    package func hasSeen(_ key: Observation.Key) -> Bool {
        guard let highest = seen[Reporter(key)] else { return false }
        return key.sequence <= highest
    }

    /// Takes in one observation; a repeated or late one changes nothing.
    ///
    /// - Returns: whether it was new.
    @discardableResult
    package mutating func absorb(_ observation: Observation) -> Bool {
        guard !hasSeen(observation.key) else { return false }
        seen[Reporter(observation.key)] = observation.key.sequence
        absorbedCount += 1
        workersMost = max(workersMost, observation.workers ?? 0)
        if observation.key.source == .callback { hasCallbacks = true }
        if let delta = observation.totals.histogramDelta { histogram.merge(delta) }
        if observation.isFinal {
            finalNumbersAreIn = true
            if observation.key.source == .engine { engineEnd = observation.time }
            reportedEnd = observation.time
        }
        if observation.time >= users.time { users = (observation.time, observation.users) }
        let hasGrown = observation.totals.requests > best.requests
        if hasGrown { grewAt = observation.time }
        if observation.totals.requests >= best.requests {
            best = observation.totals
            bestTime = max(bestTime ?? .distantPast, observation.time)
        }
        recordRate(
            at: observation.time, hasGrown: hasGrown, isExact: observation.key.source == .engine)
        return true
    }

    private mutating func recordRate(at time: Date, hasGrown: Bool, isExact: Bool) {
        if origin == nil, isExact, let loadStart, loadStart < time {
            origin = loadStart
            rate.record(at: .zero, count: 0)
        }
        let start = origin ?? time
        if !isExact, !hasGrown, let lastGrowth, time < lastGrowth + Self.countAgeMax { return }
        if hasGrown || origin == nil { lastGrowth = time }
        origin = start
        rate.record(
            at: .seconds(time.timeIntervalSince(start)), count: UInt64(max(0, best.requests)))
    }

    /// The numbers so far; nil before the first observation.
    package var lastMetrics: LastMetrics? {
        guard let time = bestTime else { return nil }
        let hasHistogram = histogram.count > 0
        func percentile(_ share: Double, or summary: Double?) -> Double? {
            hasHistogram
                ? histogram.percentileMilliseconds(share, atMost: best.maxMs) : summary
        }
        return LastMetrics(
            timestamp: max(time, users.time), totalRps: rate.perSecond ?? 0,
            totalRequests: best.requests, totalFailures: best.failures,
            errorRate: Self.errorRate(requests: best.requests, failures: best.failures),
            avgResponseMs: best.averageMs, minResponseMs: best.minMs, maxResponseMs: best.maxMs,
            p50ResponseMs: percentile(50, or: best.p50Ms),
            p95ResponseMs: percentile(95, or: best.p95Ms),
            p99ResponseMs: percentile(99, or: best.p99Ms), currentUsers: users.count)
    }

    /// A stop that was seen to have worked within this time worked at once: until then the
    /// statistics of a master may be those of before.
    static let stopSeenWithin: TimeInterval = 6

    /// When the load of a run ended, as well as that can be known: by the word of whoever made it,
    /// else by the stop if that was seen to work at once, else by the last growth of the counts. A
    /// cluster that could not be asked, and a service that was away, notice an end late.
    func loadEnd(of run: Run) -> Date? {
        guard let start = run.startRequestedAt else { return nil }
        if let reportedEnd { return max(start, reportedEnd) }
        let noticed = run.loadGoneAt ?? run.endedAt
        if let asked = run.stopRequestedAt, let noticed,
            noticed.timeIntervalSince(asked) <= Self.stopSeenWithin
        {
            return min(asked, noticed)
        }
        return [noticed, max(start, grewAt ?? start)].compactMap { $0 }.min()
    }

    /// The numbers of a run that is over: no users any more, and the rate of the whole run.
    ///
    /// - Parameter loadSeconds: how long load was on.
    package func finalMetrics(loadSeconds: Double) -> LastMetrics? {
        guard var metrics = lastMetrics else { return nil }
        metrics.currentUsers = 0
        metrics.totalRps = loadSeconds > 0 ? Double(metrics.totalRequests) / loadSeconds : 0
        return metrics
    }

    /// Per cent of `requests` that failed.
    package static func errorRate(requests: Int, failures: Int) -> Double {
        requests > 0 ? Double(failures) / Double(requests) * 100 : 0
    }
}
