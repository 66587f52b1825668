import Foundation

/// Times as RFC 3339 in UTC with milliseconds.
package enum Timestamp {
    private static let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    package static func format(_ date: Date) -> String { date.formatted(style) }

    /// Any RFC 3339 time, with or without a fraction of a second, in any zone.
    ///
    /// Foundation's parsers take the 30th of February for the 2nd of March and overlook what
    /// stands behind a time.
    package static func parse(_ text: String) -> Date? {
        var reader = Reader(rest: Array(text.utf8)[...])
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2),
            reader.take("-"), let day = reader.number(2), reader.take("T", "t", " "),
            let hour = reader.number(2), reader.take(":"), let minute = reader.number(2),
            reader.take(":"), let second = reader.number(2), let fraction = reader.fraction(),
            let zone = reader.zone(), reader.rest.isEmpty
        else { return nil }
        guard year > 0, (1...12).contains(month), (1...days(of: month, in: year)).contains(day),
            hour < 24, minute < 60, second <= 60  // A leap second is the next minute's first.
        else { return nil }
        let clock = Double(hour * 3600 + minute * 60 + second - zone)
        let seconds = Double(daysSince1970(year, month, day)) * 86_400 + clock + fraction
        return Date(timeIntervalSince1970: seconds)
    }

    private static func days(of month: Int, in year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// In years that begin in March, so that the leap day comes last (Hinnant, "chrono-compatible
    /// low-level date algorithms"); for years from 1 on.
    private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let marchYear = month > 2 ? year : year - 1
        let (era, ofEra) = marchYear.quotientAndRemainder(dividingBy: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + dayOfYear - 719_468
    }
}

/// Takes a time apart, from the front.
private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ characters: Unicode.Scalar...) -> Bool {
        guard let byte = rest.first, characters.contains(Unicode.Scalar(byte)) else { return false }
        rest.removeFirst()
        return true
    }

    /// A number of exactly this many digits.
    mutating func number(_ digits: Int) -> Int? {
        let found = rest.prefix(digits)
        guard found.count == digits, found.allSatisfy(isDigit) else { return nil }
        rest.removeFirst(digits)
        return found.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// 0 where there is none; nil for a point without digits. Microseconds are kept.
    mutating func fraction() -> Double? {
        guard take(".") else { return 0 }
        let digits = rest.prefix(while: isDigit)
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        return Double("0." + String(decoding: digits.prefix(6), as: UTF8.self))
    }

    /// Seconds east of Greenwich.
    mutating func zone() -> Int? {
        if take("Z", "z") { return 0 }
        let sign = rest.first == UInt8(ascii: "-") ? -1 : 1
        guard take("+", "-"), let hours = number(2), take(":"), let minutes = number(2),
            hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }
}
