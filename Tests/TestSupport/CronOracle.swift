import Foundation

/// Says when an expression has its ticks as cron does it: by looking at the clock on the wall
/// minute after minute. It knows the calendar from Foundation, and the expression as five sets.
package struct CronOracle {
    let minutes: Set<Int>
    let hours: Set<Int>
    let days: Set<Int>
    let hasLastDay: Bool
    let months: Set<Int>
    let weekdays: Set<Int>
    let needsBoth: Bool
    let isWild: Bool

    /// What a clock shows.
    private struct Shown: Hashable {
        var year, month, day, hour, minute, weekday: Int
        var isLastDay: Bool
    }

    /// Field by field, from the text alone.
    package init(_ text: String) {
        let fields = text.split(separator: " ").map(String.init)
        minutes = Self.set(fields[0], 0...59)
        hours = Self.set(fields[1], 0...23)
        days = Self.set(fields[2], 1...31)
        hasLastDay = fields[2].contains("L")
        months = Self.set(fields[3], 1...12)
        weekdays = Set(Self.set(fields[4], 0...7).map { $0 % 7 })
        needsBoth = fields[2].hasPrefix("*") || fields[4].hasPrefix("*")
        isWild = fields[0].hasPrefix("*") || fields[1].hasPrefix("*")
    }

    /// Numbers, `*`, ranges and steps only.
    private static func set(_ field: String, _ range: ClosedRange<Int>) -> Set<Int> {
        var found: Set<Int> = []
        for part in field.split(separator: ",") where part != "L" {
            let halves = part.split(separator: "/")
            let ends = halves[0].split(separator: "-").compactMap { Int($0) }
            let low = ends.first ?? range.lowerBound
            let high = halves[0] == "*" ? range.upperBound : ends.last ?? low
            let step = halves.count == 2 ? Int(halves[1]) ?? 1 : 1
            found.formUnion(stride(from: low, through: high, by: step))
        }
        return found
    }

    /// All ticks from `start` to `end`, both of them whole quarters of an hour.
    package func ticks(from start: Int, through end: Int, in zone: TimeZone) -> [Int] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        var ticks: [Int] = []
        var seen: Set<Shown> = []
        var last: Shown?
        // Two days before, so that what is shown twice, or passed over, is known.
        for quarter in stride(from: start - 172_800, through: end, by: 900) {
            let first = shown(quarter, calendar)
            for minute in 0..<15 {
                let moment = quarter + minute * 60
                var now = first
                now.minute += minute
                var isTick = false
                if isWild {
                    isTick = matches(now)
                } else {
                    isTick = seen.insert(now).inserted && matches(now)
                    if let last {
                        isTick = isTick || passedOver(last, now).contains(where: matches)
                    }
                }
                last = now
                if isTick, moment >= start, moment <= end { ticks.append(moment) }
            }
        }
        return ticks
    }

    private func shown(_ moment: Int, _ calendar: Calendar) -> Shown {
        let date = Date(timeIntervalSince1970: Double(moment))
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .weekday], from: date)
        let month = calendar.range(of: .day, in: .month, for: date)
        return Shown(
            year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0,
            hour: parts.hour ?? 0, minute: parts.minute ?? 0, weekday: (parts.weekday ?? 1) - 1,
            isLastDay: month?.upperBound == (parts.day ?? 0) + 1)
    }

    /// What clocks have not shown between two minutes that follow each other, as UTC counts it.
    private func passedOver(_ old: Shown, _ new: Shown) -> [Shown] {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let from = moment(old, calendar) + 60
        let to = moment(new, calendar)
        guard from < to else { return [] }
        return stride(from: from, to: to, by: 60).map { shown($0, calendar) }
    }

    private func moment(_ shown: Shown, _ calendar: Calendar) -> Int {
        let parts = DateComponents(
            year: shown.year, month: shown.month, day: shown.day, hour: shown.hour,
            minute: shown.minute)
        return Int(calendar.date(from: parts)?.timeIntervalSince1970 ?? 0)
    }

    private func matches(_ now: Shown) -> Bool {
        guard minutes.contains(now.minute), hours.contains(now.hour), months.contains(now.month)
        else { return false }
        let isDay = days.contains(now.day) || hasLastDay && now.isLastDay
        let isWeekday = weekdays.contains(now.weekday)
        return needsBoth ? isDay && isWeekday : isDay || isWeekday
    }
}
