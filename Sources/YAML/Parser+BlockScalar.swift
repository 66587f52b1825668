extension Parser {
    private struct Header {
        var isFolded = false
        var chomping = Chomping.clip
        /// Columns beyond the parent's, 1 to 9, if the header says it.
        var indentation: Int?
    }

    /// What becomes of the line breaks at a block scalar's end (8.1.1.2).
    private enum Chomping {
        case strip, clip, keep
    }

    /// Reads a literal or folded scalar (8.1) and stops at the line behind it.
    mutating func blockScalar(parent: Int) throws(YAMLError) -> Node {
        let start = index
        let header = try blockScalarHeader(parent: parent)
        let indent: Int
        if let indentation = header.indentation {
            indent = parent + indentation
        } else {
            indent = try detectIndent(parent: parent)
        }
        let text = try blockScalarText(header, indent: indent)
        return Node(quoted: text, position: source.position(at: start))
    }

    private mutating func blockScalarHeader(parent: Int) throws(YAMLError) -> Header {
        var header = Header(isFolded: current == ">")
        var hasChomping = false
        index += 1
        while !isAtLineEnd, !Self.isBlank(current) {
            switch current {
            case "+" where !hasChomping:
                header.chomping = .keep
                hasChomping = true
            case "-" where !hasChomping:
                header.chomping = .strip
                hasChomping = true
            case "1"..."9" where header.indentation == nil && parent >= 0:
                header.indentation = Int(current.value) - 0x30
            case "1"..."9" where header.indentation == nil:
                throw refusal("the document's own value cannot say its indentation; leave it out")
            default:
                throw refusal(
                    "only '+' or '-' and one digit from 1 to 9 can stand here; "
                        + "put the text on the next line")
            }
            index += 1
        }
        try finishLine()
        return header
    }

    /// The column of the first line that is not empty (8.1.1.1), without moving. If that line
    /// does not belong to the scalar, a column that lets only empty lines in.
    private func detectIndent(parent: Int) throws(YAMLError) -> Int {
        var line = index
        var longest = 0
        var longestEnd = index
        while line < source.count {
            var end = line
            while source[end] == " " { end += 1 }
            if Self.isBreak(source[end]) {
                if end - line > longest {
                    longest = end - line
                    longestEnd = end
                }
                line = end + 1
                continue
            }
            let column = end - line
            guard column > parent else { break }
            try checkFirstLine(at: end, column: column)
            if column == 0 { break }  // A document marker.
            guard longest <= column else {
                throw refusal(
                    at: longestEnd,
                    "an empty line before the text cannot hold more spaces than the text's "
                        + "first line; remove them")
            }
            return column
        }
        return max(parent + 1, longest, 1)
    }

    private func checkFirstLine(at index: Int, column: Int) throws(YAMLError) {
        var end = index
        while Self.isBlank(source[end]) { end += 1 }
        if Self.isBreak(source[end]), end > index { throw tabRefusal(at: index) }
        if column == 0, !isMarkerLine(at: index) {
            throw refusal(at: index, "the text of a block scalar must be indented; use spaces")
        }
    }

    private mutating func blockScalarText(
        _ header: Header, indent: Int
    ) throws(YAMLError) -> String {
        var text = BlockScalarText(isFolded: header.isFolded)
        while !isAtEnd {
            while current == " ", column < indent { index += 1 }
            if current == "\n" {
                text.appendBreak()
                startNextLine()
            } else if isAtEnd {
                guard header.chomping != .keep else {
                    throw refusal("this last line needs a line break, or its spaces removed")
                }
            } else if column < indent {
                if current == "\t" { throw tabRefusal(at: index) }
                break
            } else {
                let start = index
                skipText()
                text.appendLine(source[start..<index])
                if !isAtEnd {
                    text.appendBreak()
                    startNextLine()
                }
            }
        }
        switch header.chomping {
        case .strip: break
        case .clip: text.endLine()
        case .keep: text.endAllLines()
        }
        return text.string
    }
}
