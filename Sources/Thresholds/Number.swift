/// Plain decimal numbers: what `Double` also reads (`inf`, `0x1p3`, `1e9`) is a slip here.
enum Number {
    /// More of them mean nothing to a measurement, and `Double` would not keep them.
    private static let wholeDigitsMax = 12
    private static let decimalsMax = 9

    static func value(_ text: Substring) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isASCIIDigit) }),
            parts[0].count <= wholeDigitsMax,
            parts.count == 1 || parts[1].count <= decimalsMax
        else { return nil }
        return Double(text)
    }

    /// The shortest text that is read back as the same number.
    static func text(_ value: Double) -> String {
        if value == value.rounded(), value.magnitude < 1e15 { return "\(Int(value))" }
        let text = "\(value)"
        // Small ones are described as 1.5e-07.
        guard let mark = text.firstIndex(of: "e"),
            let exponent = Int(text[text.index(after: mark)...]), exponent < 0
        else { return text }
        let digits = text[..<mark].filter { $0 != "." }
        let plain = digits.hasSuffix("0") ? digits.dropLast() : digits[...]
        return "0." + String(repeating: "0", count: -exponent - 1) + plain
    }

    /// Without what a sum of binary fractions leaves behind the last digit that a person can have
    /// written.
    static func rounded(_ value: Double, decimals: Int) -> Double {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        return (value * scale).rounded() / scale
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isNumber }
}
