/// Durations as operators write them: `90`, `90s`, `1m30s`, `2h`, `1.5s`, `250ms`.
package enum DurationText {
    private static let units: [(name: String, seconds: Double)] = [
        ("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1), ("d", 86_400),
    ]

    /// Seconds, or nil when `text` is no duration. A bare number is seconds; of several parts each
    /// needs its unit.
    package static func seconds(_ text: String) -> Double? {
        if let bare = number(text[...]) { return bare }
        var rest = text[...]
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let value = number(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = units.first(where: { rest.hasPrefix($0.name) }) else { return nil }
            rest = rest.dropFirst(unit.name.count)
            total += value * unit.seconds
        }
        return text.isEmpty ? nil : total
    }

    /// Plain decimal numbers only: what `Double` also reads (`inf`, `0x1p3`, `1e9`) is a slip here.
    private static func number(_ text: Substring) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }) else {
            return nil
        }
        return Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
}
