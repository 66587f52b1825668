/// What became of one threshold in one run.
package struct Judgement: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        case held
        case broken
        /// Nothing tells, and why.
        case noData(String)
    }

    /// A stretch of a run, in seconds since load was asked for.
    package struct Stretch: Equatable, Sendable {
        package let from: Double
        package let seconds: Double
        package let value: Double
    }

    package var outcome: Outcome
    /// The whole run without its ignored beginning, or the window that is farthest on the wrong
    /// side, or nearest to it.
    package var decisive: Stretch?
    /// The beginning of the first window that broke it; of a threshold on the whole run, of the
    /// first interval that is on the wrong side by itself.
    package var brokenAt: Double?
    /// How long it was like that, all together.
    package var brokenSeconds = 0.0
    /// Whether it is broken also by what was measured of the target alone, whatever the generator
    /// did meanwhile.
    package var isCertain = false

    init(_ outcome: Outcome, decisive: Stretch? = nil) {
        self.outcome = outcome
        self.decisive = decisive
    }

    package static func noData(_ reason: String) -> Judgement { Judgement(.noData(reason)) }
}

extension Threshold {
    /// Judges a run by what was measured of it.
    ///
    /// Of a run that is not longer than the window, all of it is the only window.
    package func judge(_ run: MeasuredRun) -> Judgement {
        if let cut = run.intervals.last(where: { $0.from < ignoredSeconds }),
            cut.to - ignoredSeconds > max(Self.lostMax, run.seconds * Self.lostShareMax)
        {
            return .noData(
                "numbers of the first \(Number.text(ignoredSeconds)) s came only together with "
                    + "those until second \(Number.text(Number.rounded(cut.to, decimals: 1)))")
        }
        // A part of a second at the end of the ignored ones is ignored, too.
        let counted = run.intervals.drop { $0.from < ignoredSeconds }
        guard let first = counted.first, let last = counted.last else {
            return .noData(
                ignoredSeconds > 0 && !run.intervals.isEmpty
                    ? "nothing was measured after the first \(Number.text(ignoredSeconds)) s"
                    : "nothing was measured")
        }
        if let windowSeconds, windowSeconds < last.to - first.from {
            return judgeWindows(counted, windowSeconds, of: run)
        }
        return judgeWhole(counted, of: run)
    }

    /// Seconds, and share of a run, that may be ignored beyond those that are to be: reports do not
    /// end where a warm-up does.
    private static let lostMax = 15.0
    private static let lostShareMax = 0.05

    // MARK: The whole run

    private func judgeWhole(_ intervals: ArraySlice<MeasuredInterval>, of run: MeasuredRun)
        -> Judgement
    {
        let isAll = intervals.startIndex == run.intervals.startIndex
        let total = MeasuredTotal(of: measure, intervals)
        let seconds = isAll ? run.seconds : total.seconds
        let own = total.value(lasting: seconds)
        guard let value = isAll ? run.summary[measure] ?? own : own else {
            return .noData(
                total.lacksTimes
                    ? "\(measure.name) cannot be told without histograms"
                    : "there were no requests")
        }
        let decisive = Judgement.Stretch(
            from: isAll ? 0 : intervals.first?.from ?? 0, seconds: seconds, value: value)
        // All of a run's requests are counted in the end; only those of a part may be of another.
        guard let holds = holds(value, within: seconds, late: isAll ? 0 : run.lateness) else {
            return Judgement(.noData(tooNear(seconds, run.lateness)), decisive: decisive)
        }
        guard !holds else { return Judgement(.held, decisive: decisive) }
        var judgement = Judgement(.broken, decisive: decisive)
        judgement.isCertain = isBrokenByTarget(intervals)
        (judgement.brokenAt, judgement.brokenSeconds) = stretches(intervals, until: run.seconds)
        return judgement
    }

    /// Whether what is the target's own breaks it, without all else.
    private func isBrokenByTarget(_ intervals: ArraySlice<MeasuredInterval>) -> Bool {
        let own = intervals.filter { $0.quality <= worstQuality }
        if own.count == intervals.count { return true }
        // Fewer seconds have fewer requests, whoever is to blame.
        if measure.kind == .count, !isUpperBound { return false }
        return MeasuredTotal(of: measure, own).value().map { !holds(for: $0) } ?? false
    }

    /// The worst for which the target can be blamed.
    private var worstQuality: MeasuredQuality {
        // What was not sent was not sent, whoever kept it from being sent.
        if measure == .dropped { return .generator }
        return isUpperBound && measure.kind != .rate ? .shortOfLoad : .clean
    }

    /// Where single intervals are on the wrong side; of a count, where it passes its limit.
    private func stretches(_ intervals: ArraySlice<MeasuredInterval>, until end: Double)
        -> (at: Double?, seconds: Double)
    {
        if measure.kind == .count {
            guard isUpperBound else { return (nil, 0) }
            var total = MeasuredTotal(of: measure)
            for interval in intervals {
                total.add(interval)
                if let value = total.value(), !holds(for: value) {
                    return (interval.from, max(0, end - interval.from))
                }
            }
            return (nil, 0)
        }
        var (at, seconds) = (nil as Double?, 0.0)
        for interval in intervals {
            guard let value = MeasuredTotal(of: measure, [interval]).value(), !holds(for: value)
            else { continue }
            at = at ?? interval.from
            seconds += interval.seconds
        }
        return (at, seconds)
    }

    // MARK: Windows

    private func judgeWindows(
        _ intervals: ArraySlice<MeasuredInterval>, _ window: Double, of run: MeasuredRun
    ) -> Judgement {
        var slider = WindowSlider(self, window, lateness: run.lateness)
        var judgement = Judgement(.held)
        var doubt: String?
        var brokenUntil = 0.0
        for interval in intervals {
            guard let look = slider.take(interval) else { continue }
            if let value = look.value {
                let found = Judgement.Stretch(from: look.from, seconds: look.seconds, value: value)
                let best = judgement.decisive?.value
                if best.map({ isWorse(value, than: $0) }) ?? true { judgement.decisive = found }
            }
            switch look.finding {
            case .held, .nothing: break
            case .doubtful(let reason): doubt = doubt ?? reason
            case .broken:
                judgement.outcome = .broken
                judgement.brokenAt = judgement.brokenAt ?? look.from
                let end = look.from + look.seconds
                judgement.brokenSeconds += end - max(look.from, brokenUntil)
                brokenUntil = end
                if look.quality <= worstQuality { judgement.isCertain = true }
            }
        }
        guard judgement.outcome == .held else { return judgement }
        if let doubt { judgement.outcome = .noData(doubt) }
        if judgement.decisive == nil, doubt == nil { return .noData("there were no requests") }
        return judgement
    }

    private func isWorse(_ value: Double, than other: Double) -> Bool {
        isUpperBound ? value > other : value < other
    }
}

extension Threshold {
    /// Whether a value holds; nil where it is nearer to the limit than it is known.
    ///
    /// - Parameters:
    ///   - seconds: in which it was measured.
    ///   - late: so many seconds of it, at most, were counted elsewhere.
    func holds(_ value: Double, within seconds: Double, late: Double) -> Bool? {
        guard late > 0, measure.kind == .rate || measure.kind == .count else {
            return holds(for: value)
        }
        let share = seconds > 0 ? min(1, late / seconds) : 1
        let (low, high) = (holds(for: value * (1 - share)), holds(for: value * (1 + share)))
        return low == high ? low : nil
    }

    func tooNear(_ seconds: Double, _ late: Double) -> String {
        "requests are counted up to \(Number.text(late)) s late, which is too much to tell in "
            + "\(Number.text(Number.rounded(seconds, decimals: 1))) s"
    }
}
