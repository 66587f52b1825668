import Foundation

/// The clocks on the walls of one time zone. Moments are seconds since 1970; days are counted from
/// 1970-01-01 by the date on the wall.
///
/// It relies on clocks being put at most once within three days.
struct WallClock {
    static let secondsOfDay = 86_400

    private let offsets: (Int) -> Int

    init(timeZone: TimeZone) {
        self.init { timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: Double($0))) }
    }

    /// - Parameter offsets: seconds east of Greenwich at a moment. Asking costs far more than all
    ///   that is done with the answer.
    init(offsets: @escaping (Int) -> Int) { self.offsets = offsets }

    /// Seconds east of Greenwich.
    func offset(at moment: Int) -> Int { offsets(moment) }

    /// The date on the wall.
    func day(at moment: Int) -> Int {
        Self.floor(moment + offset(at: moment), by: Self.secondsOfDay)
    }

    /// The offset of a day on and around which no clock is put; nil where one is.
    func steadyOffset(of day: Int) -> Int? {
        let (first, last) = surroundings(of: day)
        let before = offset(at: first)
        return before == offset(at: last) ? before : nil
    }

    /// How clocks are put on or around a day that is not steady.
    func change(around day: Int) -> ClockChange {
        var (low, high) = surroundings(of: day)
        let (before, after) = (offset(at: low), offset(at: high))
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(at: middle) == before { low = middle } else { high = middle }
        }
        return ClockChange(moment: high, before: before, after: after)
    }

    /// Moments before and behind all of a day, in any place.
    private func surroundings(of day: Int) -> (Int, Int) {
        ((day - 1) * Self.secondsOfDay, (day + 2) * Self.secondsOfDay)
    }

    static func floor(_ number: Int, by divisor: Int) -> Int {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
