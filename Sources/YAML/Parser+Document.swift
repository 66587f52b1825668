extension Parser {
    /// Reads the whole text (9.2).
    mutating func document() throws(YAMLError) -> Node {
        let column = try nextColumn()
        if current == "%", column == 0 {
            throw refusal("directives are not supported; remove this line")
        }
        let root: Node
        if isAtMarker("-") {
            index += 3
            root = try value(parent: -1, .document)
        } else if column < 0 {
            root = emptyNode(at: index)
        } else {
            root = try blockNode(parent: -1)
        }
        try finishDocument()
        return root
    }

    private mutating func finishDocument() throws(YAMLError) {
        let column = try nextColumn()
        guard column < 0 else {
            throw refusal("text follows the document's value; indent it to belong to something")
        }
        if isAtMarker(".") {
            index += 3
            try finishLine()
            _ = try nextColumn()
        }
        guard isAtEnd else {
            throw refusal("only one document is allowed; remove everything from here on")
        }
    }
}
