import Foundation
import Thresholds

/// Looks at the thresholds of a run that may stop it, report by report.
struct AbortWatch: Sendable {
    private struct Watched {
        let threshold: Threshold
        var watch: ThresholdWatch
        var cutter = IntervalCutter()
        var last = Sample()

        init(_ threshold: Threshold, _ source: Observation.Source) {
            self.threshold = threshold
            watch = ThresholdWatch(threshold, lateness: source.lateness)
        }
    }

    private let thresholds: [Threshold]
    private var watched: [Watched] = []
    private var source: Observation.Source?
    /// When it last heard of the run, in seconds since load was asked for.
    private var heard = 0.0
    /// A hook reports each second or so; one that has been silent for longer tells nothing more.
    private static let silenceMax = 30.0

    init(_ thresholds: [Threshold]) {
        self.thresholds = thresholds.filter { $0.abortAfterSeconds != nil }
    }

    var isIdle: Bool { thresholds.isEmpty }

    /// The endpoints that it has to know.
    func needs(_ endpoint: Endpoint) -> Bool {
        thresholds.contains { $0.scope != .all && $0.scope.contains(endpoint) }
    }

    /// - Parameter start: when load was asked for.
    /// - Returns: why the run must stop; nil as long as it need not.
    mutating func take(_ observation: Observation, since start: Date) -> String? {
        guard !isIdle else { return nil }
        let source = observation.key.source
        let moment = observation.time.secondsSinceLoad(from: start)
        // Where there is a hook, it knows more and tells it sooner than what is polled.
        if self.source != source {
            let isSilent = moment > heard + Self.silenceMax
            guard self.source == nil || source == .callback || isSilent else { return nil }
            self.source = source
            watched = thresholds.map { Watched($0, source) }
        }
        heard = max(heard, moment)
        var reason: String?
        for index in watched.indices {
            let sample = sample(of: observation, for: watched[index])
            watched[index].last = sample
            guard
                let interval = watched[index].cutter.cut(
                    sample, at: moment, from: source,
                    dropped: observation.generator?.dropped ?? 0)
            else { continue }
            if let broken = watched[index].watch.take(interval) {
                reason = reason ?? Self.words(broken, watched[index].threshold)
            }
        }
        return reason
    }

    private func sample(of observation: Observation, for watched: Watched) -> Sample {
        guard watched.threshold.scope != .all else { return observation.totals }
        let rows = observation.endpoints.filter { watched.threshold.scope.contains($0.endpoint) }
        return Sample.sum(rows.map(\.sample)) ?? watched.last.withoutNews
    }

    private static func words(_ broken: ThresholdWatch.Broken, _ threshold: Threshold) -> String {
        "\(ThresholdText.write(threshold)) was broken from second \(broken.since.words) to "
            + "\(broken.at.words): "
            + ThresholdText.measured(broken.value, of: threshold.measure)
    }
}

extension AbortWatch {
    /// As it stands after what an earlier process of the service has stored.
    static func resumed(
        for run: Run, _ totals: [Observation], from store: any RunMeasurements
    ) async throws(ControlPlaneError) -> AbortWatch {
        var watch = AbortWatch(run.plan.judgedBy)
        guard !watch.isIdle, let start = run.startRequestedAt else { return watch }
        var rows: [Observation.Source: [Date: [EndpointSample]]] = [:]
        for endpoint in try await store.endpoints(of: run.id) where watch.needs(endpoint) {
            let samples = try await store.samples(of: run.id, endpoint: endpoint)
            for (source, own) in Dictionary(grouping: samples, by: \.source) {
                for (time, sample) in Sample.byTime(own) {
                    rows[source, default: [:]][time, default: []].append(
                        EndpointSample(endpoint: endpoint, sample: sample))
                }
            }
        }
        for total in totals {
            // What it says now was decided then; a run that is still broken says so again.
            _ = watch.take(
                total.with(rows[total.key.source]?.removeValue(forKey: total.time) ?? []),
                since: start)
        }
        return watch
    }
}

extension Observation {
    fileprivate func with(_ endpoints: [EndpointSample]) -> Observation {
        Observation(
            key: key, time: time, users: users, workers: workers, totals: totals,
            endpoints: endpoints, errors: [], isFinal: isFinal)
    }
}
