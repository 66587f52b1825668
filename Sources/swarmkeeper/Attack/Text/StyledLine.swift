/// One line for a terminal: what it says apart from how it looks, so that it can be cut to a width
/// and be shown without colours.
struct StyledLine: Equatable, Sendable {
    /// How a part looks, by the codes of ECMA-48, section 8.3.117.
    enum Style: String, Sendable {
        case plain = ""
        case strong = "1"
        case faint = "2"
        case bad = "31"
        case good = "32"
        case warning = "33"
        case accent = "36"
    }

    private struct Part: Equatable, Sendable {
        let text: String
        let style: Style
    }

    private var parts: [Part] = []

    init() {}

    init(_ text: String, _ style: Style = .plain) {
        append(text, style)
    }

    mutating func append(_ text: String, _ style: Style = .plain) {
        if !text.isEmpty { parts.append(Part(text: text, style: style)) }
    }

    /// Without colours.
    var text: String { parts.map(\.text).joined() }
    /// Columns that it takes.
    var width: Int { parts.reduce(0) { $0 + DisplayWidth.of($1.text) } }

    /// The beginning of it that takes at most `width` columns.
    func clipped(to width: Int) -> StyledLine {
        var line = StyledLine()
        var room = width
        for part in parts where room > 0 {
            let text = DisplayWidth.prefix(part.text, columns: room)
            line.append(text, part.style)
            // Where something was left out, nothing that comes later may take its place.
            guard text.count == part.text.count else { break }
            room -= DisplayWidth.of(text)
        }
        return line
    }

    func rendered(inColor: Bool) -> String {
        guard inColor else { return text }
        return parts.map { part in
            part.style == .plain ? part.text : "\u{1B}[\(part.style.rawValue)m\(part.text)\u{1B}[0m"
        }.joined()
    }
}
