extension Parser {
    /// Reads a plain or quoted scalar or a flow collection in a block (8.2.3) and stops right
    /// behind it.
    mutating func flowNode(parent: Int) throws(YAMLError) -> Node {
        try flowNode(indent: parent + 1, isInFlow: false)
    }

    /// `indent` is the least column at which the node's further lines may begin.
    private mutating func flowNode(indent: Int, isInFlow: Bool) throws(YAMLError) -> Node {
        switch current {
        case "[": return try flowSequence(indent: indent)
        case "{": return try flowMapping(indent: indent)
        case "\"": return try doubleQuoted(indent: indent)
        case "'": return try singleQuoted(indent: indent)
        default: return try plain(indent: indent, isInFlow: isInFlow)
        }
    }

    private mutating func flowSequence(indent: Int) throws(YAMLError) -> Node {
        let start = index
        try enter(start)
        index += 1
        var items: [Node] = []
        while try !closes("]", indent: indent, from: start) {
            items.append(try flowNode(indent: indent, isInFlow: true))
            try skipFlowSpace(indent: indent, from: start)
            if current == ":" {
                throw refusal(
                    "a pair in a sequence needs braces, as in [{a: b}]; "
                        + "quote the text if no key is meant")
            }
            try skipComma(before: "]", from: start)
        }
        leave()
        return Node(collection: .sequence(items), position: source.position(at: start))
    }

    private mutating func flowMapping(indent: Int) throws(YAMLError) -> Node {
        let start = index
        try enter(start)
        index += 1
        var entries = MappingEntries()
        while try !closes("}", indent: indent, from: start) {
            let key = try flowKey(indent: indent)
            try entries.reserve(key)
            index += 1
            let valueStart = index
            try skipFlowSpace(indent: indent, from: start)
            let isEmpty = current == "," || current == "}"
            let value =
                isEmpty
                ? emptyNode(at: valueStart) : try flowNode(indent: indent, isInFlow: true)
            entries.append(key, value)
            try skipFlowSpace(indent: indent, from: start)
            try skipComma(before: "}", from: start)
        }
        leave()
        return Node(collection: .mapping(entries.pairs), position: source.position(at: start))
    }

    /// Reads a key and stops at its `:`. Behind a quoted key the value may follow at once, as in
    /// JSON (7.4.2).
    private mutating func flowKey(indent: Int) throws(YAMLError) -> MappingEntries.Key {
        let start = index
        let startLine = lineStart
        let node = try flowNode(indent: indent, isInFlow: true)
        skipBlanks()
        guard current == ":" else {
            throw refusal(
                at: start,
                "a key in braces needs a value on its line; write 'key: value', "
                    + "with a space behind ':', or 'key: null'")
        }
        let key = try key(node, from: start, onLine: startLine)
        if !node.isQuoted, Self.isFlowIndicator(source[index + 1]) {
            throw refusal("this ':' may be taken for a part of the key; put a space behind it")
        }
        return key
    }

    /// Moves to the next entry, or behind the closing bracket if that comes first.
    private mutating func closes(
        _ bracket: Unicode.Scalar, indent: Int, from start: Int
    ) throws(YAMLError) -> Bool {
        try skipFlowSpace(indent: indent, from: start)
        guard current == bracket else { return false }
        index += 1
        return true
    }

    /// Moves over the comma behind an entry. Without one the collection must end.
    private mutating func skipComma(
        before bracket: Unicode.Scalar, from start: Int
    ) throws(YAMLError) {
        if current == "," {
            index += 1
        } else if current != bracket {
            throw refusal(
                "a ',' or '\(bracket)' is expected here, in the collection "
                    + "from \(source.position(at: start))")
        }
    }

    /// Moves over blanks, comments and line breaks inside a flow collection.
    private mutating func skipFlowSpace(indent: Int, from start: Int) throws(YAMLError) {
        skipBlanks()
        if isAtComment { skipText() }
        while current == "\n" {
            startNextLine()
            skipSpaces()
            let indentationEnd = index
            skipBlanks()
            if isAtComment { skipText() }
            if isAtLineEnd { continue }
            guard index == indentationEnd else { throw tabRefusal(at: indentationEnd) }
            try checkContinuation(indent: indent, of: "collection", from: start)
        }
        if current == "#" { throw refusal("a comment needs a space before its '#'") }
        if isAtEnd {
            throw refusal(at: start, "this '\(source[start])' is never closed")
        }
    }
}
