/// By how much a figure differs between what was before and a later run, and how sure that is.
package struct Change: Equatable, Sendable {
    package let before: Double
    package let after: Double
    /// Where `after - before` lies with `CourseComparison.confidence`.
    package let difference: ClosedRange<Double>
    /// Where `after / before - 1` lies, with the same confidence; nil where `before` may be 0.
    package let ratio: ClosedRange<Double>?
    /// The smallest change for the worse that a comparison of this noise finds in four of five
    /// cases where it is there.
    package let smallestShown: Double
    /// Runs, those before among them, that have told how much runs differ among themselves.
    package let runCount: Int

    /// Whether they were enough. Otherwise the intervals know only the noise within the runs, and
    /// what is beyond that may be nothing but another run.
    package var knowsRuns: Bool { runCount >= CourseComparison.runsMin }

    /// Whether the two differ by more than the interval.
    package var isBeyondNoise: Bool { !difference.contains(0) }

    /// Whether the two differ at all, at `CourseComparison.confidence`: of identical builds at most
    /// one comparison in twenty says so.
    package var isSure: Bool { isBeyondNoise && knowsRuns }
}

extension Change {
    /// The same in another unit.
    package func scaled(by factor: Double) -> Change {
        Change(
            before: before * factor, after: after * factor,
            difference: (difference.lowerBound * factor)...(difference.upperBound * factor),
            ratio: ratio, smallestShown: smallestShown * factor, runCount: runCount)
    }
}
