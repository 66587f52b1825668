extension Parser {
    /// What a value stands behind, which decides what may share its line.
    enum Place {
        /// Behind `---`: no block collection on this line.
        case document
        /// Behind `-`: anything.
        case entry
        /// Behind `key:`: no block collection on this line, but a sequence below at the key's
        /// own column.
        case mappingValue
    }

    /// Reads what belongs to the indicator that ends here, and the rest of its line.
    mutating func value(parent: Int, _ place: Place) throws(YAMLError) -> Node {
        let start = index
        skipBlanks()
        guard isAtLineEnd || isAtComment else {
            return place == .entry
                ? try blockNode(parent: parent) : try inlineNode(parent: parent)
        }
        try finishLine()
        let column = try nextColumn()
        if column > parent { return try blockNode(parent: parent) }
        if column == parent, place == .mappingValue, isAtIndicator("-") {
            return try blockSequence()
        }
        return emptyNode(at: start)
    }

    func emptyNode(at index: Int) -> Node {
        Node(plain: .null, text: "", position: source.position(at: index))
    }

    /// Reads any node that begins here, where a block collection may begin.
    mutating func blockNode(parent: Int) throws(YAMLError) -> Node {
        if isAtIndicator("-") { return try blockSequence() }
        if current == "|" || current == ">" { return try blockScalar(parent: parent) }
        let start = index
        let startLine = lineStart
        let node = try flowNode(parent: parent)
        skipBlanks()
        guard isAtIndicator(":") else {
            try finishLine()
            return node
        }
        let key = try key(node, from: start, onLine: startLine)
        return try blockMapping(first: key, start: start, column: start - startLine)
    }

    /// Reads a scalar or flow collection behind an indicator on the same line.
    private mutating func inlineNode(parent: Int) throws(YAMLError) -> Node {
        if isAtIndicator("-") {
            throw refusal("a sequence cannot begin on this line; put its '-' on the next one")
        }
        if current == "|" || current == ">" { return try blockScalar(parent: parent) }
        let node = try flowNode(parent: parent)
        skipBlanks()
        if isAtIndicator(":") {
            throw refusal(
                "a mapping cannot begin on this line; "
                    + "put it on the next one, indented, or quote the text that holds the ':'")
        }
        try finishLine()
        return node
    }

    private mutating func blockSequence() throws(YAMLError) -> Node {
        let start = index
        let column = self.column
        try refuseTabBefore(start)
        try enter(start)
        var items: [Node] = []
        repeat {
            index += 1
            items.append(try value(parent: column, .entry))
            let next = try nextColumn()
            if next > column { throw misaligned(column) }
            if next < column { break }
        } while isAtIndicator("-")
        leave()
        return Node(collection: .sequence(items), position: source.position(at: start))
    }

    /// Reads a mapping from its first key's `:` on.
    private mutating func blockMapping(
        first: MappingEntries.Key, start: Int, column: Int
    ) throws(YAMLError) -> Node {
        try refuseTabBefore(start)
        try enter(start)
        var entries = MappingEntries()
        var key = first
        while true {
            try entries.reserve(key)
            index += 1
            entries.append(key, try value(parent: column, .mappingValue))
            let next = try nextColumn()
            if next > column { throw misaligned(column) }
            if next < column { break }
            key = try blockKey(column: column)
        }
        leave()
        return Node(collection: .mapping(entries.pairs), position: first.position)
    }

    private mutating func blockKey(column: Int) throws(YAMLError) -> MappingEntries.Key {
        if isAtIndicator("-") {
            throw refusal("an entry of a sequence cannot follow keys; indent it below its key")
        }
        let start = index
        let startLine = lineStart
        let node = try flowNode(parent: column)
        skipBlanks()
        guard isAtIndicator(":") else {
            throw refusal(
                at: start, "a key is expected here; write 'key: value', with a space behind ':'")
        }
        return try key(node, from: start, onLine: startLine)
    }

    /// The key that `node`, which began at `start` and ends before the `:` here, stands for.
    func key(
        _ node: Node, from start: Int, onLine startLine: Int
    ) throws(YAMLError) -> MappingEntries.Key {
        guard let text = node.text else {
            throw refusal(at: start, "a collection cannot be a key; write a plain or quoted text")
        }
        guard startLine == lineStart else {
            throw refusal(at: start, "a key must stand on one line, together with its ':'")
        }
        guard index - start <= YAML.keyCharactersMax else {
            throw refusal(
                at: start,
                "a key can have \(YAML.keyCharactersMax) characters at most; shorten it")
        }
        if text == "<<", !node.isQuoted {
            throw refusal(at: start, "merge keys are not supported; write the keys out")
        }
        return MappingEntries.Key(text: text, resolved: node.value, position: node.position)
    }

    private func misaligned(_ column: Int) -> YAMLError {
        refusal(
            "this line belongs to nothing at its indentation; "
                + "begin it at column \(column + 1), or indent it below a key without a value")
    }

    /// A block collection behind `-` counts the blanks before it as indentation (8.2.1), so they
    /// must be spaces.
    private func refuseTabBefore(_ start: Int) throws(YAMLError) {
        var index = start
        while index > lineStart, Self.isBlank(source[index - 1]) {
            index -= 1
            if source[index] == "\t" { throw tabRefusal(at: index) }
        }
    }
}
