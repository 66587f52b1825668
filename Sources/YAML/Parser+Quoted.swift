extension Parser {
    /// Reads a single-quoted scalar (7.3.2), in which only `''` is special.
    mutating func singleQuoted(indent: Int) throws(YAMLError) -> Node {
        let start = index
        var text = FoldedText()
        index += 1
        while !isAtEnd {
            switch current {
            case "'" where source[index + 1] == "'":
                text.append("'")
                index += 2
            case "'":
                index += 1
                return Node(quoted: text.string, position: source.position(at: start))
            case "\n":
                text.fold(emptyLines: try continueQuoted(indent: indent, from: start))
            default: appendQuoted(to: &text)
            }
        }
        throw refusal(at: start, "this quote is never closed; double a ' that belongs to the text")
    }

    /// Reads a double-quoted scalar (7.3.1).
    mutating func doubleQuoted(indent: Int) throws(YAMLError) -> Node {
        let start = index
        var text = FoldedText()
        index += 1
        while !isAtEnd {
            switch current {
            case "\"":
                index += 1
                return Node(quoted: text.string, position: source.position(at: start))
            case "\\" where source[index + 1] == "\n":
                text.keepBlanks()
                index += 1
                text.join(emptyLines: try continueQuoted(indent: indent, from: start))
            case "\\": text.append(try escaped())
            case "\n":
                text.fold(emptyLines: try continueQuoted(indent: indent, from: start))
            default: appendQuoted(to: &text)
            }
        }
        throw refusal(at: start, "this quote is never closed; write \\\" for a quote in the text")
    }

    private mutating func appendQuoted(to text: inout FoldedText) {
        if Self.isBlank(current) {
            text.appendBlank(current)
        } else {
            text.append(current)
        }
        index += 1
    }

    private mutating func continueQuoted(indent: Int, from start: Int) throws(YAMLError) -> Int {
        let emptyLines = try skipToContinuation()
        try checkContinuation(indent: indent, of: "quoted text", from: start)
        return emptyLines
    }

    /// Reads an escape sequence (5.7) other than an escaped line break.
    private mutating func escaped() throws(YAMLError) -> Unicode.Scalar {
        let letter = source[index + 1]
        if let scalar = Self.escapes[letter] {
            index += 2
            return scalar
        }
        switch letter {
        case "x": return try escaped(digits: 2)
        case "u": return try escaped(digits: 4)
        case "U": return try escaped(digits: 8)
        default:
            throw refusal(
                "there is no such escape sequence; write \\\\ for a backslash, "
                    + "or use single quotes")
        }
    }

    private mutating func escaped(digits count: Int) throws(YAMLError) -> Unicode.Scalar {
        var code: UInt32 = 0
        for offset in 2..<(2 + count) {
            guard let digit = Self.hexDigit(source[index + offset]) else {
                throw refusal("'\\\(source[index + 1])' needs \(count) hexadecimal digits")
            }
            code = code << 4 | digit
        }
        guard let scalar = Unicode.Scalar(code) else {
            throw refusal(
                "this escape sequence stands for no character; "
                    + "write one beyond U+FFFF as \\U and 8 digits")
        }
        index += 2 + count
        return scalar
    }

    private static func hexDigit(_ scalar: Unicode.Scalar) -> UInt32? {
        switch scalar {
        case "0"..."9": scalar.value - 0x30
        case "a"..."f": scalar.value - 0x61 + 10
        case "A"..."F": scalar.value - 0x41 + 10
        default: nil
        }
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "0": "\0", "a": "\u{07}", "b": "\u{08}", "t": "\t", "\t": "\t", "n": "\n", "v": "\u{0B}",
        "f": "\u{0C}", "r": "\r", "e": "\u{1B}", " ": " ", "\"": "\"", "/": "/", "\\": "\\",
        "N": "\u{85}", "_": "\u{A0}", "L": "\u{2028}", "P": "\u{2029}",
    ]
}
