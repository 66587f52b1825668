import Foundation

/// A time as RFC 3339 writes it in UTC, to the millisecond: `2026-11-21T08:00:00.000Z`.
struct Timestamp {
    /// The years of four digits, in milliseconds around 1970; other times become the nearest.
    private static let range = -62_167_219_200_000.0...253_402_300_799_999.0

    let text: String

    init(_ date: Date) {
        // To the nearest, because a `Date` holds few decimal fractions exactly.
        let exact = (date.timeIntervalSince1970 * 1000).rounded()
        let clamped = min(max(exact, Self.range.lowerBound), Self.range.upperBound)
        let milliseconds = exact.isNaN ? 0 : Int(clamped)
        let (days, ofDay) = Self.divide(milliseconds, by: 86_400_000)
        let (year, month, day) = Self.civilDate(days: days)
        let clock = [ofDay / 3_600_000, ofDay / 60_000 % 60, ofDay / 1000 % 60]
            .map { Self.padded($0, 2) }.joined(separator: ":")
        text =
            "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))"
            + "T\(clock).\(Self.padded(ofDay % 1000, 3))Z"
    }

    /// The Gregorian date, `days` after 1970-01-01, counted in years that begin in March so that
    /// the leap day comes last (Hinnant, "chrono-compatible low-level date algorithms").
    private static func civilDate(days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, ofEra) = divide(days + 719_468, by: 146_097)
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let dayOfYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }

    /// Division that rounds down, also before 1970.
    private static func divide(_ value: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
