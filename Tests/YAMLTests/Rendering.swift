import YAML

/// A node on one line, for comparing: strings as Swift shows them, everything else as YAML would.
func render(_ node: Node) -> String {
    render(node.value)
}

func render(_ value: Node.Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .int(let value): "\(value)"
    case .double(let value): "float(\(value))"
    case .string(let value): quote(value)
    case .sequence(let items): "[" + items.map { render($0) }.joined(separator: ", ") + "]"
    case .mapping(let pairs):
        "{"
            + pairs.map { "\(quote($0.key)): " + render($0.value) }
            .joined(separator: ", ") + "}"
    }
}

/// A string as Swift shows it, but for the escape that Swift gives a `'`.
func quote(_ text: String) -> String {
    text.debugDescription.replacing("\\'", with: "'")
}

func read(_ text: String) throws -> String {
    render(try YAML.parse(text))
}

/// The refusal of `text`, or nil if it is accepted.
func refusal(of text: String) -> YAMLError? {
    refusal(of: Array(text.utf8))
}

func refusal(of bytes: [UInt8]) -> YAMLError? {
    do throws(YAMLError) {
        _ = try YAML.parse(bytes)
        return nil
    } catch {
        return error
    }
}

extension Node {
    /// The pairs of a mapping, none for anything else.
    var mapping: [Pair] {
        guard case .mapping(let pairs) = value else { return [] }
        return pairs
    }

    /// The items of a sequence, none for anything else.
    var sequence: [Node] {
        guard case .sequence(let items) = value else { return [] }
        return items
    }
}
