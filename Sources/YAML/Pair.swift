/// One entry of a mapping, in the order of the text.
package struct Pair: Sendable {
    /// The key's characters after unescaping. A key that the core schema takes for a number, a
    /// boolean or null (`8080: a`) keeps its text.
    package let key: String
    package let keyPosition: Position
    package let value: Node

    package init(key: String, keyPosition: Position, value: Node) {
        self.key = key
        self.keyPosition = keyPosition
        self.value = value
    }
}
