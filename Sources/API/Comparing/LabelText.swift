import ControlPlane

/// A label in a query: `branch:main`. A key has no colon, and a value may.
enum LabelText {
    static let rule = StringRule(
        lengthMin: 3, lengthMax: RunLabels.keyLengthMax + 1 + RunLabels.valueLengthMax,
        form: ("a label as KEY:VALUE, such as branch:main", { parts($0) != nil }),
        pattern: "^[a-z][a-z0-9_.-]{0,\(RunLabels.keyLengthMax - 1)}:"
            + "[\\s\\S]{1,\(RunLabels.valueLengthMax)}$")

    static let keyRule = StringRule(
        lengthMin: 1, lengthMax: RunLabels.keyLengthMax,
        form: ("a small letter, then small letters, digits, _, . or -", RunLabels.isKey),
        pattern: "^[a-z][a-z0-9_.-]*$")

    /// - Returns: nil where no run can carry all of them.
    static func read(_ texts: [String]) -> [String: String]? {
        var labels: [String: String] = [:]
        for (key, value) in texts.compactMap(parts) {
            guard labels[key] ?? value == value else { return nil }
            labels[key] = value
        }
        return labels
    }

    private static func parts(_ text: String) -> (key: String, value: String)? {
        guard let colon = text.firstIndex(of: ":") else { return nil }
        let (key, value) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        guard RunLabels.isKey(key), RunLabels.isValue(value) else { return nil }
        return (key, value)
    }
}
