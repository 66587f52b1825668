extension Course {
    /// More intervals than this are merged, so many in a row: the work grows with their number, and
    /// blocks are of several seconds anyway.
    package static let intervalsMax = 300

    /// Of any number of intervals, each asked for once and kept only until it is merged: the
    /// response times of hours fit into no memory second by second.
    ///
    /// - Parameter most: the most intervals that are left.
    package init(
        merging count: Int, into most: Int = intervalsMax, _ interval: (Int) -> Interval
    ) {
        let inARow = max(1, (count + most - 1) / most)
        self.init(
            stride(from: 0, to: count, by: inARow).map { start in
                var merged = interval(start)
                for next in (start + 1)..<max(start + 1, min(start + inARow, count)) {
                    merged.merge(interval(next))
                }
                return merged
            })
    }
}
