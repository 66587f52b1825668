extension Parser {
    /// Reads a plain scalar (7.3.3) with the lines that continue it, and gives it its type. Stops
    /// right behind its last character.
    mutating func plain(indent: Int, isInFlow: Bool) throws(YAMLError) -> Node {
        try checkPlainStart(isInFlow: isInFlow)
        let start = index
        var text = FoldedText()
        appendPlainLine(to: &text, isInFlow: isInFlow)
        while let emptyLines = try continuePlain(indent: indent, isInFlow: isInFlow) {
            let line = index
            text.fold(emptyLines: emptyLines)
            appendPlainLine(to: &text, isInFlow: isInFlow)
            guard source[endOfBlanks(from: index)] != ":" else {
                throw refusal(
                    at: line,
                    "this line continues the text from \(source.position(at: start)) and cannot "
                        + "hold a key; mend its indentation, or quote the text")
            }
        }
        let string = text.string
        guard let value = CoreSchema.resolve(string) else {
            throw refusal(
                at: start, "this number is too large to be held exactly; quote it if it is a text")
        }
        return Node(plain: value, text: string, position: source.position(at: start))
    }

    /// Appends the rest of this line as far as it belongs to a plain scalar, without the blanks
    /// behind it, and stops there.
    private mutating func appendPlainLine(to text: inout FoldedText, isInFlow: Bool) {
        var end = index
        while !isAtLineEnd, !isAtComment, !isAtPlainEnd(isInFlow: isInFlow) {
            if Self.isBlank(current) {
                text.appendBlank(current)
                index += 1
            } else {
                text.append(current)
                index += 1
                end = index
            }
        }
        text.dropTrailingBlanks()
        index = end
    }

    /// Whether the character here is an indicator that ends a plain scalar.
    private func isAtPlainEnd(isInFlow: Bool) -> Bool {
        if current == ":" {
            let next = source[index + 1]
            return Self.isBlankOrBreak(next) || (isInFlow && Self.isFlowIndicator(next))
        }
        return isInFlow && Self.isFlowIndicator(current)
    }

    private func endOfBlanks(from index: Int) -> Int {
        var end = index
        while Self.isBlank(source[end]) { end += 1 }
        return end
    }

    /// Moves to the next line of the plain scalar that ends here and returns the number of empty
    /// lines before it, or stays and returns nil if there is none.
    private mutating func continuePlain(
        indent: Int, isInFlow: Bool
    ) throws(YAMLError) -> Int? {
        let end = index
        let endLine = lineStart
        var emptyLines = -1
        var tab: Int?
        skipBlanks()
        while current == "\n" {
            emptyLines += 1
            startNextLine()
            skipSpaces()
            let indentationEnd = index
            skipBlanks()
            if index > indentationEnd, tab == nil { tab = indentationEnd }
        }
        let continues =
            emptyLines >= 0 && !isAtEnd && column >= indent && !isAtAnyMarker && current != "#"
            && !isAtPlainEnd(isInFlow: isInFlow)
        guard continues else {
            index = end
            lineStart = endLine
            return nil
        }
        if let tab { throw tabRefusal(at: tab) }
        if isAtIndicator("-") || isAtIndicator("?") {
            throw refusal(
                "this line would continue the text above it; mend its indentation, "
                    + "or quote the text")
        }
        return emptyLines
    }

    /// Refuses what cannot begin a plain scalar, mostly because it begins something else.
    private func checkPlainStart(isInFlow: Bool) throws(YAMLError) {
        switch current {
        case "&", "*":
            throw refusal(
                "anchors and aliases are not supported; write the value out, "
                    + "or quote a text that begins with '\(current)'")
        case "!":
            throw refusal(
                "tags are not supported; leave it out, or quote a text that begins with '!'")
        case "|", ">":
            throw refusal("a block scalar cannot stand in brackets or be a key; use quotes")
        case "%", "@", "`", "#":
            throw refusal("a text cannot begin with '\(current)'; quote it")
        case ",", "]", "}":
            throw refusal("a value is expected before this '\(current)'; quote it if it is text")
        case "-", "?", ":":
            try checkPlainIndicator(isInFlow: isInFlow)
        default: break
        }
    }

    private func checkPlainIndicator(isInFlow: Bool) throws(YAMLError) {
        let next = source[index + 1]
        let isIndicator =
            Self.isBlankOrBreak(next) || (isInFlow && Self.isFlowIndicator(next))
        switch current {
        case "?" where isIndicator:
            throw refusal("'? ' keys are not supported; write 'key: value', or quote the '?'")
        case ":" where isIndicator:
            throw refusal("a key is missing before this ':'; write \"\" for an empty one")
        case "-" where isIndicator:
            throw refusal("a '-' entry cannot stand here; use commas, or quote the '-'")
        case "?" where isInFlow, ":" where isInFlow:
            throw refusal("a text in brackets cannot begin with '\(current)'; quote it")
        default: break
        }
    }
}
