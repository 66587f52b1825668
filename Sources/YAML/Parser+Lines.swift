extension Parser {
    mutating func skipBlanks() {
        while Self.isBlank(current) { index += 1 }
    }

    mutating func skipSpaces() {
        while current == " " { index += 1 }
    }

    /// Moves to the end of the line.
    mutating func skipText() {
        while !isAtLineEnd { index += 1 }
    }

    /// Moves behind the line feed that stands here.
    mutating func startNextLine() {
        index += 1
        lineStart = index
    }

    /// Ends the line behind a node: blanks and a comment may follow it, nothing else.
    mutating func finishLine() throws(YAMLError) {
        skipBlanks()
        if isAtComment { skipText() }
        guard isAtLineEnd else { throw unexpectedText() }
        if !isAtEnd { startNextLine() }
    }

    private func unexpectedText() -> YAMLError {
        switch current {
        case "#": refusal("a comment needs a space before its '#'")
        case ":": refusal("a ':' cannot follow here; put a space behind a key's ':'")
        case ",", "]", "}":
            refusal("this '\(current)' closes nothing; remove it, or quote the whole text")
        default: refusal("text follows a value that has ended; remove it, or quote the whole text")
        }
    }

    /// Moves over empty lines and comments to the first character of the next node, and returns
    /// its column, or -1 at the end of the document. Does nothing where a node already begins.
    mutating func nextColumn() throws(YAMLError) -> Int {
        while true {
            skipSpaces()
            let indentationEnd = index
            skipBlanks()
            if isAtComment { skipText() }
            if isAtEnd { return -1 }
            if current == "\n" {
                startNextLine()
                continue
            }
            guard index == indentationEnd else { throw tabRefusal(at: indentationEnd) }
            return isAtAnyMarker ? -1 : column
        }
    }

    func tabRefusal(at index: Int) -> YAMLError {
        refusal(at: index, "a tab cannot indent a line; use spaces")
    }

    /// Moves from the end of a line over empty lines to the next text of a scalar or a flow
    /// collection, and returns how many lines were empty. May stop at the end of the text.
    mutating func skipToContinuation() throws(YAMLError) -> Int {
        var emptyLines = -1
        while current == "\n" {
            emptyLines += 1
            startNextLine()
            skipSpaces()
            if current == "\t" { throw tabRefusal(at: index) }
        }
        return emptyLines
    }

    /// Refuses a continuation line of a quoted scalar or flow collection that YAML would not
    /// count to it. `indent` is the least column it may begin at.
    func checkContinuation(indent: Int, of thing: String, from start: Int) throws(YAMLError) {
        guard !isAtEnd else { return }
        let opening = "the \(thing) from \(source.position(at: start))"
        if isAtAnyMarker {
            throw refusal("\(opening) is not closed before this document marker")
        }
        guard column >= indent else {
            throw refusal(
                "\(opening) is still open here; close it, or indent this line "
                    + "by at least \(indent) \(indent == 1 ? "space" : "spaces")")
        }
    }
}
