/// A command line taken apart: `--name value`, `--name=value`, bare `--name`, and operands.
struct Words {
    let operands: [String]
    private let values: [String: String]

    /// - Parameters:
    ///   - valued: options that need a value.
    ///   - bare: options that have none.
    init(_ words: [String], valued: Set<String>, bare: Set<String> = []) throws(UsageError) {
        var operands: [String] = []
        var values: [String: String] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--") else {
                operands.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1).map(String.init)
            let name = parts.first ?? ""
            if bare.contains(name), parts.count == 1 {
                values[name] = ""
            } else if valued.contains(name) {
                guard let value = parts.count > 1 ? parts[1] : rest.popFirst() else {
                    throw UsageError(message: "--\(name) needs a value")
                }
                values[name] = value
            } else {
                throw UsageError(message: "unknown option \(word)")
            }
        }
        self.operands = operands
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    func has(_ name: String) -> Bool { values[name] != nil }

    func number<Value: LosslessStringConvertible & Comparable>(
        _ name: String, in range: ClosedRange<Value>, default fallback: Value
    ) throws(UsageError) -> Value {
        guard let text = values[name] else { return fallback }
        guard let value = Value(text), range.contains(value) else {
            throw UsageError(
                message: "--\(name) must be a number from \(range.lowerBound) to "
                    + "\(range.upperBound), not \(text)")
        }
        return value
    }

    /// A time such as `500us`, `20ms` or `2s`; at most an hour.
    func time(_ name: String, default fallback: Duration) throws(UsageError) -> Duration {
        guard let text = values[name] else { return fallback }
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let units = ["us": 1.0, "ms": 1e3, "s": 1e6]
        guard let number = Double(digits), let unit = units[String(text.dropFirst(digits.count))],
            number * unit <= 3.6e9
        else {
            throw UsageError(message: "--\(name) must be a time such as 20ms or 2s, not \(text)")
        }
        return .microseconds(Int64(number * unit))
    }
}
