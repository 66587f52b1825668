/// The text of a literal or folded scalar while its lines are put together (8.1.2, 8.1.3).
struct BlockScalarText {
    private enum Line {
        case none, flush, indented
    }

    private let isFolded: Bool
    private var scalars: [Unicode.Scalar] = []
    /// Line breaks behind the last line with text, or from the beginning.
    private var breaks = 0
    private var last = Line.none

    init(isFolded: Bool) {
        self.isFolded = isFolded
    }

    var string: String {
        String(String.UnicodeScalarView(scalars))
    }

    /// Appends a line that holds something, without its indentation.
    mutating func appendLine(_ line: ArraySlice<Unicode.Scalar>) {
        let kind: Line = line.first.map(Parser.isBlank) == true ? .indented : .flush
        if isFolded, last == .flush, kind == .flush {
            // Folding takes one break. Next to an indented line every break stays.
            if breaks == 1 { scalars.append(" ") }
            breaks -= 1
        }
        endAllLines()
        scalars.append(contentsOf: line)
        last = kind
    }

    mutating func appendBreak() {
        breaks += 1
    }

    /// Keeps the break behind the last line with text, if both are there.
    mutating func endLine() {
        if last != .none, breaks > 0 { scalars.append("\n") }
        breaks = 0
    }

    /// Keeps all breaks behind the last line with text.
    mutating func endAllLines() {
        scalars.append(contentsOf: repeatElement("\n", count: breaks))
        breaks = 0
    }
}
