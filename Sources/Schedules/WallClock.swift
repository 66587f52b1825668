import Foundation

/// The clocks on the walls of one time zone. Moments are seconds since 1970; days are counted from
/// 1970-01-01 by the date on the wall.
///
/// It relies on clocks being put at most once within three days.
struct WallClock {
    static let secondsOfDay = 86_400

    let timeZone: TimeZone

    /// Seconds east of Greenwich.
    func offset(at moment: Int) -> Int {
        timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(moment)))
    }

    /// The date on the wall.
    func day(at moment: Int) -> Int {
        Self.floor(moment + offset(at: moment), by: Self.secondsOfDay)
    }

    /// The offset of a day on and around which no clock is put; nil where one is.
    func steadyOffset(of day: Int) -> Int? {
        let start = day * Self.secondsOfDay
        let before = offset(at: start - Self.secondsOfDay)
        return before == offset(at: start + 2 * Self.secondsOfDay) ? before : nil
    }

    /// When the clocks show a minute of a day: once, twice, or never.
    func moments(of day: Int, minute: Int) -> [Int] {
        let (earlier, later) = candidates(of: day, minute: minute)
        let shown = day * Self.secondsOfDay + minute * 60
        let moments = [earlier, later].filter { $0 + offset(at: $0) == shown }
        return moments.count == 2 && earlier == later ? [earlier] : moments
    }

    /// When the clocks are put forward over a minute that they never show.
    func jump(over minute: Int, of day: Int) -> Int {
        var (low, high) = candidates(of: day, minute: minute)
        let old = offset(at: low - Self.secondsOfDay)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == old { low = middle } else { high = middle }
        }
        return high
    }

    /// When the clocks would show it with the offset after, and before, a change on that day.
    private func candidates(of day: Int, minute: Int) -> (earlier: Int, later: Int) {
        // As if it were UTC.
        let shown = day * Self.secondsOfDay + minute * 60
        let before = shown - offset(at: shown - Self.secondsOfDay)
        let after = shown - offset(at: shown + Self.secondsOfDay)
        return (min(before, after), max(before, after))
    }

    static func floor(_ number: Int, by divisor: Int) -> Int {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
