import Foundation

/// When something is to happen: again and again, or once; perhaps only between two moments.
package struct Timing: Equatable, Sendable {
    package enum Rule: Equatable, Sendable {
        case cron(CronExpression, TimeZone)
        case once(Date)
    }

    package let rule: Rule
    /// No tick is before it.
    package let startsAt: Date?
    /// No tick is at it or behind it.
    package let endsAt: Date?

    package init(_ rule: Rule, startsAt: Date? = nil, endsAt: Date? = nil) {
        self.rule = rule
        self.startsAt = startsAt
        self.endsAt = endsAt
    }

    /// The first tick behind `date`; nil when there is none any more.
    package func next(after date: Date) -> Date? {
        var date = date
        // One at the very start counts.
        if let startsAt { date = max(date, startsAt.addingTimeInterval(-0.001)) }
        let found: Date?
        switch rule {
        case .once(let moment): found = moment > date ? moment : nil
        case .cron(let expression, let timeZone):
            let second = Int(date.timeIntervalSince1970.rounded(.down))
            found = expression.next(after: second, on: WallClock(timeZone: timeZone)).map {
                Date(timeIntervalSince1970: Double($0))
            }
        }
        guard let found, endsAt.map({ found < $0 }) ?? true else { return nil }
        return found
    }

    package func nextTimes(_ count: Int, after date: Date) -> [Date] {
        times(after: date, through: .distantFuture, max: count)
    }

    /// The ticks behind `date` and up to `end`, that one included; the first `max` of them.
    package func times(after date: Date, through end: Date, max: Int) -> [Date] {
        var found: [Date] = []
        var last = date
        while found.count < max, let next = next(after: last), next <= end {
            found.append(next)
            last = next
        }
        return found
    }

    /// The last tick behind `date` and up to `end`. It looks back further and further, so that
    /// neither many ticks nor seldom ones take long to find.
    package func last(after date: Date, through end: Date) -> Date? {
        for reach in Self.reaches {
            let start = max(date, end.addingTimeInterval(-reach))
            var found: Date?
            var last = start
            while let next = next(after: last), next <= end { (found, last) = (next, next) }
            if found != nil || start == date { return found }
        }
        return nil
    }

    /// In seconds: an hour, a day, a month, a year, and the longest gap between two ticks.
    private static let reaches: [Double] = [3600, 86_400, 2_678_400, 31_622_400, 1_296_518_400]
}
