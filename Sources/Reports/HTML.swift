/// Text in HTML's language. What is put into it in a string literal as `\(text)` is escaped; only
/// another piece of HTML goes in as it is. So nothing from outside becomes a tag because somebody
/// forgot it.
struct HTML: ExpressibleByStringInterpolation, Sendable {
    private(set) var text: String

    init(stringLiteral value: String) { text = value }

    /// - Parameter text: of our own making; nothing in it is escaped.
    init(trusted text: String) { self.text = text }

    init(stringInterpolation: Interpolation) { text = stringInterpolation.text }

    struct Interpolation: StringInterpolationProtocol {
        var text = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ outside: String) { text += HTML.escaped(outside) }

        mutating func appendInterpolation(_ number: Int) { text += String(number) }

        mutating func appendInterpolation(_ html: HTML) { text += html.text }

        mutating func appendInterpolation(_ parts: [HTML]) {
            for part in parts { text += part.text }
        }

        /// The piece, or nothing.
        mutating func appendInterpolation(_ html: HTML?) { text += html?.text ?? "" }
    }

    /// Text from outside, of any length and content, kept from turning the text around it.
    static func outside(_ text: String, max: Int = 300) -> HTML {
        "<bdi>\(ReportText.shown(text, max: max))</bdi>"
    }

    static func + (left: HTML, right: HTML) -> HTML { "\(left)\(right)" }

    /// For text between tags and within quoted attributes alike.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
