/// The pairs of a mapping under construction, among which no key occurs twice.
struct MappingEntries {
    /// A key as the parser found it.
    struct Key {
        let text: String
        let resolved: Node.Value
        let position: Position
    }

    /// What makes two keys with different texts the same. Strings are told apart by text alone.
    private enum Identity: Hashable {
        case null
        case bool(Bool)
        case int(Int64)
        case double(Double)
        case notANumber
    }

    private(set) var pairs: [Pair] = []
    /// Compared as Swift compares strings, which takes composed and decomposed accents for the
    /// same. So does whoever looks a key up.
    private var positionsByText: [String: Position] = [:]
    private var positionsByIdentity: [Identity: Position] = [:]

    /// Takes note of a key before its value is read, so that a key given twice is reported where
    /// it stands and not after an error inside its value.
    mutating func reserve(_ key: Key) throws(YAMLError) {
        let identity = Self.identity(of: key.resolved)
        let earlier = positionsByText[key.text] ?? identity.flatMap { positionsByIdentity[$0] }
        if let earlier {
            throw YAMLError(
                position: key.position,
                message: "the key \(Self.quote(key.text)) was already given at \(earlier); "
                    + "remove one of the two or rename it")
        }
        positionsByText[key.text] = key.position
        if let identity { positionsByIdentity[identity] = key.position }
    }

    mutating func append(_ key: Key, _ value: Node) {
        pairs.append(Pair(key: key.text, keyPosition: key.position, value: value))
    }

    private static func identity(of value: Node.Value) -> Identity? {
        switch value {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int(let value): .int(value)
        case .double(let value): value.isNaN ? .notANumber : .double(value)
        case .string, .sequence, .mapping: nil
        }
    }

    /// A key for a message: on one line and of bearable length.
    private static func quote(_ text: String) -> String {
        let shown = 60
        return text.count <= shown
            ? text.debugDescription : text.prefix(shown).debugDescription + "..."
    }
}
