import JSON

/// Comma-separated values, RFC 4180.
package enum CSV {
    package static let mediaType = "text/csv; charset=utf-8"

    package static func line(_ cells: [JSONValue?]) -> String {
        cells.map(cell).joined(separator: ",") + "\r\n"
    }

    /// Texts are quoted always, numbers never, null is empty. A spreadsheet takes a text that
    /// begins like a formula for one, also behind blanks, so such a text gets an apostrophe in
    /// front.
    private static func cell(_ value: JSONValue?) -> String {
        switch value {
        case nil, .null?: return ""
        case .string(let text)?:
            let first = text.unicodeScalars.first { !$0.properties.isWhitespace && $0.value > 32 }
            let isFormula = first.map { formulaSigns.contains($0) } ?? false
            return quoted(isFormula ? "'" + text : text)
        case .int?, .double?, .bool?: return encoded(value)
        case .array?, .object?:
            return quoted(encoded(value))
        }
    }

    /// By scalars, as programs read it: a quote with a combining mark is one `Character`.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append(scalar) }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }

    /// With their wide forms, which spreadsheets of the East take for the same.
    private static let formulaSigns: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "＝", "＋", "－", "＠",
    ]

    private static func encoded(_ value: JSONValue?) -> String {
        value.map { String(decoding: $0.encodedBytes, as: UTF8.self) } ?? ""
    }
}
