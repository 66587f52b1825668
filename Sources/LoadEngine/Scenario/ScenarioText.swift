/// Durations and rates as people write them.
enum ScenarioText {
    private static let units: [(name: String, seconds: Double)] = [
        ("ms", 1e-3), ("us", 1e-6), ("µs", 1e-6), ("h", 3600), ("m", 60), ("s", 1), ("d", 86_400),
    ]

    /// Seconds of `90`, `90s`, `1m30s`, `1.5s`, `250ms`; nil for what is no duration. A bare
    /// number is seconds; of several parts each needs its unit.
    static func seconds(_ text: String) -> Double? {
        if let bare = number(text[...]) { return bare }
        var (rest, total) = (text[...], 0.0)
        while !rest.isEmpty {
            let digits = rest.prefix { isDigit($0) }
            guard let value = number(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = units.first(where: { rest.hasPrefix($0.name) }) else { return nil }
            rest = rest.dropFirst(unit.name.count)
            total += value * unit.seconds
        }
        return text.isEmpty ? nil : total
    }

    /// A rate per second of `1000`, `1000/s`, `30/m`, `10/h`; nil for what is none.
    static func rate(_ text: String) -> Double? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let first = parts.first, let count = number(first) else { return nil }
        guard parts.count == 2 else { return parts.count == 1 ? count : nil }
        switch parts[1] {
        case "s", "1s", "sec", "second": return count
        case "m", "1m", "min", "minute": return count / 60
        case "h", "1h", "hour": return count / 3600
        default: return nil
        }
    }

    static func shown(_ duration: Duration) -> String {
        let seconds = duration.seconds
        let whole = Int64(seconds)
        let microseconds = duration.nanoseconds / 1000
        if seconds < 1, microseconds > 0 {
            return microseconds % 1000 == 0 ? "\(microseconds / 1000)ms" : "\(microseconds)us"
        }
        if whole % 86_400 == 0, whole > 0 { return "\(whole / 86_400)d" }
        return whole % 3600 == 0 && whole > 0 ? "\(whole / 3600)h" : "\(whole)s"
    }

    /// Plain decimal numbers only: what `Double` also reads (`inf`, `0x1p3`, `1e9`) is a slip.
    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ isDigit($0) }) else { return nil }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && (character.isNumber || character == ".")
    }
}
