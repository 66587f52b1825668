import Foundation

/// The same times on some days of every week, by the clocks on the wall of one time zone.
///
/// A time that those clocks pass over in spring is the moment in which they are put forward. Of a
/// time that they show twice in autumn, the first begins a window and the second ends it, so that
/// the window has all that its words say.
package struct WeeklyTimes: Equatable, Sendable {
    package enum Day: String, CaseIterable, Sendable {
        case sun, mon, tue, wed, thu, fri, sat
    }

    /// A day is longer than this where clocks are put back; the window is longer then, too.
    package static let minutesOfDay = 24 * 60

    /// On which windows begin.
    package let days: Set<Day>
    /// In minutes since midnight, 0 to 1439.
    package let from: Int
    /// 1 to 1440; where it is not after `from`, it is of the next day.
    package let to: Int
    package let timeZone: TimeZone

    package init(days: Set<Day>, from: Int, to: Int, timeZone: TimeZone) {
        self.days = days
        self.from = from
        self.to = to
        self.timeZone = timeZone
    }

    func end(at now: Date) -> Date? {
        let local = now.timeIntervalSince1970 + offset(at: now)
        let today = Int((local / Self.secondsOfDay).rounded(.down))
        let ends = [today - 1, today].compactMap { day -> Date? in
            guard days.contains(Self.weekday(of: day)) else { return nil }
            let last = to > from ? day : day + 1
            guard moment(of: day, from, isEnd: false) <= now else { return nil }
            let end = moment(of: last, to, isEnd: true)
            return now < end ? end : nil
        }
        return ends.max()
    }

    private static let secondsOfDay = 86_400.0

    /// - Parameter day: since 1970-01-01, which was a Thursday.
    private static func weekday(of day: Int) -> Day {
        Day.allCases[((day + 4) % 7 + 7) % 7]
    }

    /// When the clocks show a time of a day.
    private func moment(of day: Int, _ minutes: Int, isEnd: Bool) -> Date {
        // As if it were UTC.
        let shown = Double(day) * Self.secondsOfDay + Double(minutes) * 60
        // Clocks are not put twice within two days.
        let before = offset(at: Date(timeIntervalSince1970: shown - Self.secondsOfDay))
        let after = offset(at: Date(timeIntervalSince1970: shown + Self.secondsOfDay))
        let moments = [shown - before, shown - after].sorted()
        let shows = moments.filter { $0 + offset(at: Date(timeIntervalSince1970: $0)) == shown }
        if let first = shows.first, let last = shows.last {
            return Date(timeIntervalSince1970: isEnd ? last : first)
        }
        return Date(timeIntervalSince1970: change(between: moments[0], and: moments[1], before))
    }

    /// When the clocks are put forward, to the second.
    private func change(between start: Double, and end: Double, _ offset: Double) -> Double {
        var (low, high) = (start.rounded(.down), end.rounded(.up))
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            if self.offset(at: Date(timeIntervalSince1970: middle)) == offset {
                low = middle
            } else {
                high = middle
            }
        }
        return high
    }

    private func offset(at date: Date) -> Double { Double(timeZone.secondsFromGMT(for: date)) }
}
