/// Tells a difference between runs from their noise.
///
/// A run's seconds are drawn again, with repetition, in blocks that are as long as neighbouring
/// seconds tell of each other (`SerialNoise`), each time giving a run that might as well have been
/// measured (Politis and Romano 1992, "A circular block-resampling procedure for stationary data").
/// What so many of them differ by is the noise within runs. Runs of one build differ by more than
/// that, and how much only several of them tell (`RunSpread`). The interval is as wide as the wider
/// of the two: what the seconds add is in what runs differ by already.
package struct CourseComparison: Sendable {
    /// Of the intervals.
    package static let confidence = 0.95
    /// Fewer tell too little of their own noise.
    package static let intervalsMin = 20
    /// Runs that it takes to know how much runs differ among themselves: two of them tell no more
    /// than that they do.
    package static let runsMin = 3
    /// Draws for whoever has time; a baseline of many runs takes fewer.
    package static let drawsMax = 1_000
    /// Fewer draws leave the ends of an interval to chance.
    package static let drawsMin = 100

    /// The quantiles of the normal distribution for 97.5 % and for 80 %: what a difference must be
    /// to be found in four of five cases is so much more than what must be seen of it.
    private static let powerFactor = (1.960 + 0.842) / 1.960

    private let before: [CourseTable]
    private let after: CourseTable
    private let history: [CourseTable]
    private let drawCount: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - before: one run or several, of which the median counts.
    ///   - history: other runs of the same load, which only tell how much runs differ among
    ///     themselves; each may be one interval. One with too few response times for a percentile
    ///     does not tell it: it would be off by far.
    ///   - drawCount: at least `drawsMin`; the ends of an interval are as exact as there are draws
    ///     beyond.
    ///   - seed: the same one gives the same intervals.
    /// - Returns: nil where a run has fewer intervals than `intervalsMin`, or there is none before.
    package init?(
        before: [Course], history: [Course] = [], after: Course, drawCount: Int = drawsMax,
        seed: UInt64 = 1
    ) {
        guard !before.isEmpty, drawCount >= Self.drawsMin,
            (before + [after]).allSatisfy({ $0.intervals.count >= Self.intervalsMin })
        else { return nil }
        self.before = before.map(CourseTable.init)
        self.history = history.map(CourseTable.init)
        self.after = CourseTable(after)
        self.drawCount = drawCount
        self.seed = seed
    }

    /// - Returns: nothing for a figure of which one of the runs, but for `history`, has no value.
    package func changes(of figures: [Figure]) -> [Figure: Change] {
        let known = figures.filter { figure in
            (before + [after]).allSatisfy { $0.value(of: figure, in: $0.all) != nil }
        }
        guard !known.isEmpty else { return [:] }
        var generator = Draws(seed: seed)
        let bags = before.map { Bag($0, figures: known) }
        let later = Bag(after, figures: known)
        var draws = [[(Double, Double)]](repeating: [], count: known.count)
        for _ in 0..<drawCount {
            let drawn = bags.map { $0.draw(using: &generator) }
            let own = later.draw(using: &generator)
            for index in known.indices {
                guard let before = Self.median(drawn.compactMap { $0[index] }),
                    let after = own[index]
                else { continue }
                draws[index].append((before, after))
            }
        }
        var found: [Figure: Change] = [:]
        for (index, figure) in known.enumerated() {
            let values = bags.compactMap { $0.values[index] }
            guard let before = Self.median(values), let after = later.values[index] else {
                continue
            }
            let others = history.compactMap { run in
                run.timeCount < figure.timesMin ? nil : run.value(of: figure, in: run.all)
            }
            let spread = RunSpread(values + others, of: figure)
            found[figure] = change(from: before, to: after, draws[index], spread)
        }
        return found
    }

    /// Whether the later run tells a figure, however its seconds are drawn: then it is for the runs
    /// before that there is no change of it.
    package func isTold(_ figure: Figure) -> Bool {
        var generator = Draws(seed: seed)
        let bag = Bag(after, figures: [figure])
        return bag.values[0] != nil
            && (0..<drawCount).allSatisfy { _ in bag.draw(using: &generator)[0] != nil }
    }

    private func change(
        from before: Double, to after: Double, _ draws: [(Double, Double)], _ spread: RunSpread
    ) -> Change? {
        guard draws.count >= Self.drawsMin else { return nil }
        var difference = Self.interval(draws.map { $0.1 - $0.0 })
        var ratio =
            before > 0
            ? Self.interval(draws.map { $0.0 > 0 ? $0.1 / $0.0 - 1 : .infinity }) : nil
        let half = (difference.upperBound - difference.lowerBound) / 2
        if let range = spread.difference(from: before, to: after) {
            difference = difference.widened(to: range)
            ratio = ratio?.widened(to: (range.lowerBound / before)...(range.upperBound / before))
        }
        return Change(
            before: before, after: after, difference: difference,
            // Where it may have been nothing there is no share of it.
            ratio: ratio.flatMap { $0.upperBound.isFinite ? $0 : nil },
            smallestShown: max(
                half * Self.powerFactor,
                spread.smallestShown(from: before, factor: Self.powerFactor)),
            runCount: spread.runCount)
    }

    private static func interval(_ values: [Double]) -> ClosedRange<Double> {
        let sorted = values.sorted()
        let beyond = Int(Double(sorted.count) * (1 - confidence) / 2)
        return sorted[beyond]...sorted[sorted.count - 1 - beyond]
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2)
            ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}

extension ClosedRange<Double> {
    fileprivate func widened(to other: ClosedRange) -> ClosedRange {
        Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
    }
}
