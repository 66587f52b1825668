import ControlPlane
import Foundation

/// How the numbers of a run came about, which decides what they are worth.
package struct MeasurementMethod: Equatable, Sendable {
    /// A time in which nobody told of the run.
    package struct Gap: Equatable, Sendable {
        package let from: Date
        package let to: Date

        package var seconds: Double { to.timeIntervalSince(from) }
    }

    /// How many observations there are of each source.
    package let observations: [Observation.Source: Int]
    /// The usual time between two observations; nil for fewer than two.
    package let spacingSeconds: Double?
    package let gaps: [Gap]
    /// The fewest and the most workers that took part; nil where no source tells.
    package let workers: ClosedRange<Int>?

    /// A pause is a gap when it is this many times the usual one: a poll may come late once.
    private static let gapShare = 3.0
    /// And at least this long: what a busy machine delays is no gap.
    private static let gapSecondsMin: TimeInterval = 5

    /// - Parameter samples: of all requests, in the order of time.
    init(_ samples: [TimedSample], of run: Run, until end: Date) {
        observations = Dictionary(grouping: samples, by: \.source).mapValues(\.count)
        let times = samples.map(\.time)
        let pauses = zip(times, times.dropFirst()).map { $1.timeIntervalSince($0) }
        let spacing = pauses.isEmpty ? nil : pauses.sorted()[pauses.count / 2]
        spacingSeconds = spacing
        let limit = max(Self.gapSecondsMin, (spacing ?? 0) * Self.gapShare)
        // A run that nobody has seen has no gaps: it has nothing else.
        var marks = samples.isEmpty ? [] : times
        if let start = run.startRequestedAt, let first = times.first, start < first {
            marks.insert(start, at: 0)
        }
        if let last = times.last, last < end { marks.append(end) }
        gaps = zip(marks, marks.dropFirst()).filter { $1.timeIntervalSince($0) > limit }
            .map { Gap(from: $0, to: $1) }
        let counts = samples.compactMap(\.workers)
        workers = counts.min().flatMap { low in counts.max().map { low...$0 } }
    }
}

extension RunSummary {
    /// How far a percentile may be above the response time that it stands for, in per cent; nil
    /// where the source tells percentiles by itself, in whatever way it computes them.
    package var percentileErrorPercent: Double? {
        guard totals.percentileSource == .histogram else { return nil }
        return engine == nil ? 5 : 0.1
    }
}
