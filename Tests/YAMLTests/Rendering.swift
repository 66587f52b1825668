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
    case .string(let value): value.debugDescription
    case .sequence(let items): "[" + items.map { render($0) }.joined(separator: ", ") + "]"
    case .mapping(let pairs):
        "{"
            + pairs.map { "\($0.key.debugDescription): " + render($0.value) }
            .joined(separator: ", ") + "}"
    }
}
