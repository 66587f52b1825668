/// How the clocks of a place are put, once.
struct ClockChange: Equatable {
    /// The first second that is counted in the new way.
    let moment: Int
    /// Seconds east of Greenwich.
    let before: Int
    let after: Int

    /// When the clocks show a time, which is given as if it were UTC: once, twice, or never.
    func moments(showing shown: Int) -> [Int] {
        let (old, new) = (shown - before, shown - after)
        return (old < moment ? [old] : []) + (new >= moment ? [new] : [])
    }

    /// No moment that shows the time is before it; nor is the change, where it passes over it.
    func earliest(showing shown: Int) -> Int { shown - max(before, after) }

    /// No moment that shows the time is behind it; nor is the change, where it passes over it.
    func latest(showing shown: Int) -> Int { shown - min(before, after) }
}
