/// Times that come back, as Vixie cron (`crontab(5)`) has them: minute, hour, day of month, month,
/// day of week.
///
/// A field is `*`, a value, a range `a-b`, either of `*` and a range with a step (`*/15`,
/// `8-18/2`), or a list of those. Months and days of the week have names (`JAN`, `MON`), in any
/// case. Sunday is 0 and 7. `L` among the days of a month is its last. `@hourly`, `@daily`,
/// `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` stand for the expressions of the
/// manual. What has another meaning in each of the dialects that know it (`?`, `W`, `#`, seconds,
/// `5/15`) is refused.
///
/// - Where both day fields say something, a day of either is one (`0 0 13 * FRI` is each 13th and
///   each Friday); where one of them begins with `*`, a day must be one of both.
/// - Where the minute or the hour begins with `*`, the times are those that the clocks on the wall
///   show, also twice when they are put back, and not at all when they are put forward over them.
///   Other times are met once a day: one that is passed over, at the moment when the clocks are put
///   forward; one that is shown twice, when it is shown first.
package struct CronExpression: Equatable, Sendable {
    /// Far above what a person reads: the longest useful list of minutes has 170 characters.
    package static let lengthMax = 250

    /// As it was written, with single spaces; for one that has a name, what that stands for.
    package let text: String
    /// Each sorted.
    let minutes: [Int]
    let hours: [Int]
    let days: CronSet
    let hasLastDay: Bool
    let months: CronSet
    let weekdays: CronSet
    /// Whether a day must be of both fields, because one of them begins with `*`.
    let needsBothDays: Bool
    /// Whether times are those that clocks show, however often that is on a day.
    let isWild: Bool

    /// Whether it has a tick on a day, by its date.
    func includes(_ date: CivilDate) -> Bool {
        guard months.contains(date.month) else { return false }
        let isDay =
            days.contains(date.day)
            || hasLastDay && date.day == CivilDate.days(of: date.month, in: date.year)
        let isWeekday = weekdays.contains(date.weekday)
        return needsBothDays ? isDay && isWeekday : isDay || isWeekday
    }

    /// Whether there is any such day in some year.
    var hasDays: Bool {
        // With both, the other field meets some day of the week, in some year.
        guard needsBothDays else { return true }
        if hasLastDay { return true }
        return (1...12).contains { month in
            months.contains(month)
                && (1...CivilDate.days(of: month, in: CivilDate.leapYear))
                    .contains { days.contains($0) }
        }
    }
}

/// Small numbers, as bits.
struct CronSet: Equatable, Sendable {
    private var bits: UInt64 = 0

    mutating func insert(_ number: Int) { bits |= 1 << UInt64(number) }

    func contains(_ number: Int) -> Bool { bits & (1 << UInt64(number)) != 0 }

    func values(in range: ClosedRange<Int>) -> [Int] { range.filter(contains) }
}
