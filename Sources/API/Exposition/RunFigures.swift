import ControlPlane
import Foundation
import Logging

/// The figures of live runs and of those that ended lately, read from the store as they come in
/// there: a run is never asked, and so no scrape can hold it up; a restart forgets nothing.
actor RunFigures {
    /// Several who ask within it are told the same, so that they cost as much as one.
    static let ageMax = Duration.seconds(1)
    /// A store that takes longer gets its time, and who asks what was known before: scrapers give
    /// up after ten seconds.
    static let patience = Duration.seconds(3)
    /// Longer than scrapers pause, so that the last numbers of a run are seen.
    static let keptAfterEnd: TimeInterval = 300

    private let source: any MeasurementSource
    private let time: any TimeSource
    private let logger: Logger
    private var known = RunSnapshot()
    private var knownAt: Duration?
    private var refreshing: Task<Void, Never>?

    init(_ source: any MeasurementSource, time: any TimeSource, logger: Logger) {
        (self.source, self.time, self.logger) = (source, time, logger)
    }

    /// What is known, after a look at the store that takes `patience` at the most.
    func current(endpointsPerRun: Int) async -> RunSnapshot {
        if let knownAt, time.uptime < knownAt + Self.ageMax { return known }
        let task = refreshing ?? Task { await refresh(endpointsPerRun) }
        refreshing = task
        let (finish, finished) = AsyncStream<Void>.makeStream()
        let time = time
        let alarm = Task {
            // Cut short, the refresh is done.
            try? await time.sleep(for: Self.patience)
            finished.finish()
        }
        Task {
            await task.value
            finished.finish()
        }
        for await _ in finish {}
        alarm.cancel()
        if refreshing != nil { known.isFresh = false }
        return known
    }

    private func refresh(_ endpointsPerRun: Int) async {
        defer { refreshing = nil }
        do {
            let runs = try await source.measuredRuns(
                endedAfter: time.now.addingTimeInterval(-Self.keptAfterEnd),
                limit: MetricsSettings.runsMax)
            var next = RunSnapshot()
            next.counts = try await source.liveCounts()
            // Those that are known keep the room that they have: series do not come and go.
            var room = MetricsSettings.endpointsMax
            for run in runs { room -= known.runs[run.id]?.endpointsMax ?? 0 }
            for run in runs {
                var entry = known.runs[run.id]
                if entry == nil {
                    let share = min(endpointsPerRun, max(0, room))
                    entry = RunSnapshot.Entry(run: run, endpointsMax: share)
                    room -= share
                }
                guard var entry else { continue }
                entry.run = run
                try await read(into: &entry)
                // What a run does not need is left to others.
                if entry.meter.endpointCount < entry.endpointsMax, run.state.isOver {
                    entry.endpointsMax = entry.meter.endpointCount
                }
                next.runs[run.id] = entry
            }
            next.isFresh = true
            known = next
            knownAt = time.uptime
        } catch {
            // The store itself says once what is wrong with it.
            logger.debug("figures of runs not read", ["cause": .string("\(error)")])
            known.isFresh = false
        }
    }

    private func read(into entry: inout RunSnapshot.Entry) async throws(ControlPlaneError) {
        while true {
            let piece = try await source.measurements(
                of: entry.run.id, after: entry.meter.mark, endpointsMax: entry.endpointsMax)
            entry.meter.absorb(piece)
            if piece.isLast { return }
        }
    }
}

/// What `RunFigures` knows at a time.
struct RunSnapshot: Sendable {
    struct Entry: Sendable {
        var run: FollowedRun
        var meter = RunMeter()
        /// Endpoints that are told apart.
        var endpointsMax: Int
    }

    var runs: [RunID: Entry] = [:]
    var counts: [LiveCount] = []
    /// Whether the store answered the last question in time.
    var isFresh = false
}
