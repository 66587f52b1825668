/// Tells a difference between runs from their noise, by a bootstrap of blocks of seconds.
///
/// A run's seconds are drawn again, with repetition, in blocks that are as long as neighbouring
/// seconds tell of each other (`SerialNoise`), each time giving a run that might as well have been
/// measured (Politis and Romano 1992, "A circular block-resampling procedure for stationary data").
/// What so many of them differ by is the interval. With several runs before, runs are drawn, too,
/// and the later one is given the noise between them: two runs of one build differ by more than
/// their seconds tell.
package struct CourseComparison: Sendable {
    /// Of the intervals.
    package static let confidence = 0.95
    /// Fewer tell too little of their own noise.
    package static let intervalsMin = 20

    /// The quantiles of the normal distribution for 97.5 % and for 80 %: what a difference must be
    /// to be found in four of five cases is so much more than what must be seen of it.
    private static let powerFactor = (1.960 + 0.842) / 1.960

    private let before: [CourseTable]
    private let after: CourseTable
    private let drawCount: Int
    private let seed: UInt64

    /// - Parameters:
    ///   - before: one run or several.
    ///   - drawCount: at least 100; the ends of an interval are as exact as there are draws beyond.
    ///   - seed: the same one gives the same intervals.
    /// - Returns: nil where a run has fewer intervals than `intervalsMin`, or there is none before.
    package init?(before: [Course], after: Course, drawCount: Int = 1_000, seed: UInt64 = 1) {
        guard !before.isEmpty, drawCount >= 100,
            (before + [after]).allSatisfy({ $0.intervals.count >= Self.intervalsMin })
        else { return nil }
        self.before = before.map(CourseTable.init)
        self.after = CourseTable(after)
        self.drawCount = drawCount
        self.seed = seed
    }

    /// - Returns: nothing for a figure of which one of the runs has no value.
    package func changes(of figures: [Figure]) -> [Figure: Change] {
        let known = figures.filter { figure in
            (before + [after]).allSatisfy { $0.value(of: figure, in: $0.all) != nil }
        }
        guard !known.isEmpty else { return [:] }
        var generator = Draws(seed: seed)
        let bags = before.map { Bag($0, figures: known) }
        let later = Bag(after, figures: known)
        let noises = known.indices.map { runNoise(in: bags, of: $0) }
        var draws = [[(Double, Double)]](repeating: [], count: known.count)
        for _ in 0..<drawCount {
            let chosen = bags.indices.map { _ in Int.random(in: bags.indices, using: &generator) }
            let drawn = chosen.map { bags[$0].draw(using: &generator) }
            let own = later.draw(using: &generator)
            let other = Int.random(in: bags.indices, using: &generator)
            for index in known.indices {
                guard let before = Self.median(drawn.compactMap { $0[index] }),
                    let after = own[index]
                else { continue }
                draws[index].append((before, after * noises[index][other]))
            }
        }
        var found: [Figure: Change] = [:]
        for (index, figure) in known.enumerated() {
            let values = bags.compactMap { $0.values[index] }
            guard let before = Self.median(values), let after = later.values[index] else {
                continue
            }
            found[figure] = Self.change(from: before, to: after, draws[index])
        }
        return found
    }

    /// By what share the later run may be off because it is another run: as each of those before
    /// is off their median.
    private func runNoise(in bags: [Bag], of index: Int) -> [Double] {
        let values = bags.compactMap { $0.values[index] }
        guard values.count == bags.count, let median = Self.median(values), median > 0,
            values.count > 1
        else { return bags.map { _ in 1 } }
        // A sample spreads less than what it is a sample of.
        let share = Double(values.count) / Double(values.count - 1)
        let wide = share.squareRoot() * Student.widening(freedom: Double(values.count - 1))
        return values.map { max(0, 1 + ($0 / median - 1) * wide) }
    }

    private static func change(
        from before: Double, to after: Double, _ draws: [(Double, Double)]
    ) -> Change? {
        guard draws.count >= 100 else { return nil }
        let difference = interval(draws.map { $0.1 - $0.0 })
        let hasRatio = before > 0 && draws.allSatisfy { $0.0 > 0 }
        let half = (difference.upperBound - difference.lowerBound) / 2
        return Change(
            before: before, after: after, difference: difference,
            ratio: hasRatio ? interval(draws.map { $0.1 / $0.0 - 1 }) : nil,
            smallestShown: half * powerFactor)
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
