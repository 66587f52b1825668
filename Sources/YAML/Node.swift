/// A value together with where it begins, so that whoever walks the document can say which line
/// to mend.
package struct Node: Sendable {
    package let value: Value
    /// The first character: a quote, a bracket, the first `-` or the first key. A value that was
    /// left empty is placed right behind its `:` or `-`.
    package let position: Position
    /// A scalar's characters before the schema gave them a type, such as `1.10` or `0123` where
    /// a string is wanted. Nil for a sequence or a mapping.
    package let text: String?
    /// Whether quotes, `|` or `>` made the scalar a string whatever its characters are.
    package let isQuoted: Bool

    package indirect enum Value: Sendable {
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case string(String)
        case sequence([Node])
        /// Keys are unique, both as text and after resolution.
        case mapping([Pair])
    }

    init(collection value: Value, position: Position) {
        self.value = value
        self.position = position
        text = nil
        isQuoted = false
    }

    init(plain value: Value, text: String, position: Position) {
        self.value = value
        self.position = position
        self.text = text
        isQuoted = false
    }

    init(quoted text: String, position: Position) {
        value = .string(text)
        self.position = position
        self.text = text
        isQuoted = true
    }
}
