import Foundation

/// Numbers as a person reads them, in three digits where more would say nothing.
enum Figures {
    /// `1,234,567`
    static func count(_ value: some BinaryInteger) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Something per second: `12,345`, `99.5`, `0.25`.
    static func rate(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "0" }
        if value >= 99.95 { return whole(value) }
        return decimal(value, places: value >= 9.995 || value == 0 ? 1 : 2)
    }

    /// `999 B`, `1.23 kB`, `12.3 MB`, in powers of 1000.
    static func bytes(_ value: Double) -> String {
        guard value.isFinite, value >= 0 else { return "0 B" }
        var (value, unit) = (value, 0)
        let units = ["B", "kB", "MB", "GB", "TB", "PB"]
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(unit == 0 ? whole(value) : threeDigits(value)) \(units[unit])"
    }

    /// A time in microseconds: `123 µs`, `12.3 ms`, `1.23 s`.
    static func time(microseconds: Double) -> String {
        guard microseconds.isFinite, microseconds >= 0 else { return "-" }
        if microseconds < 999.5 { return "\(whole(microseconds)) µs" }
        if microseconds < 999_500 { return "\(threeDigits(microseconds / 1000)) ms" }
        return "\(threeDigits(microseconds / 1_000_000)) s"
    }

    /// `9.5 s`, `2:05`, `1:02:05`: short ones to a tenth of a second.
    static func clock(_ duration: Duration) -> String {
        let seconds = max(0, duration / .seconds(1))
        guard seconds.isFinite, seconds < 1e15 else { return "-" }
        if seconds < 99.95 { return "\(decimal(seconds, places: 1)) s" }
        let all = Int(seconds.rounded())
        let (hours, minutes, rest) = (all / 3600, all / 60 % 60, all % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest)
            : String(format: "%d:%02d", minutes, rest)
    }

    /// The share of `part` in `whole`. Neither something is told as nothing nor nearly all as all.
    static func percent(_ part: UInt64, of whole: UInt64) -> String {
        guard whole > 0, part > 0 else { return "0 %" }
        guard part < whole else { return "100 %" }
        let share = Double(part) / Double(whole) * 100
        if share < 0.01 { return "<0.01 %" }
        if share > 99.99 { return ">99.99 %" }
        return "\(decimal(share, places: share < 9.995 || share > 99 ? 2 : 1)) %"
    }

    private static func threeDigits(_ value: Double) -> String {
        switch value {
        case ..<9.995: decimal(value, places: 2)
        case ..<99.95: decimal(value, places: 1)
        default: whole(value)
        }
    }

    private static func whole(_ value: Double) -> String {
        // Beyond 2^63 a number is no measurement of ours.
        count(Int64(exactly: value.rounded()) ?? .max)
    }

    private static func decimal(_ value: Double, places: Int) -> String {
        String(format: "%.\(places)f", value)
    }
}
