import YAML

/// Takes typed values out of YAML nodes and collects what is wrong instead of stopping at it.
struct NodeReader {
    private(set) var problems: [ConfigurationProblem] = []
    let environment: [String: String]

    init(environment: [String: String]) {
        self.environment = environment
    }

    /// The entries of a mapping, by key.
    struct Fields {
        let position: Position
        fileprivate let nodes: [String: Node]

        subscript(name: String) -> Node? {
            // `key:` with nothing behind it is the same as no key.
            guard let node = nodes[name] else { return nil }
            if case .null = node.value { return nil }
            return node
        }
    }

    mutating func report(_ position: Position, _ message: String) {
        problems.append(
            ConfigurationProblem(line: position.line, column: position.column, message: message))
    }

    /// The entries of `node`; keys that are not `known` are reported, with the nearest that is.
    mutating func fields(of node: Node?, known: [String]) -> Fields {
        guard let node else { return Fields(position: Position(line: 1, column: 1), nodes: [:]) }
        guard case .mapping(let pairs) = node.value else {
            report(node.position, "expected keys with values, such as \(known[0]): ...")
            return Fields(position: node.position, nodes: [:])
        }
        var nodes: [String: Node] = [:]
        for pair in pairs {
            if known.contains(pair.key) {
                nodes[pair.key] = pair.value
            } else {
                let hint =
                    NearestName.of(pair.key, among: known).map { "did you mean \($0)?" }
                    ?? "there are \(known.joined(separator: ", "))"
                report(pair.keyPosition, "unknown key \(pair.key); \(hint)")
            }
        }
        return Fields(position: node.position, nodes: nodes)
    }

    mutating func items(of node: Node?, what: String) -> [Node] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.value else {
            report(node.position, "expected a list of \(what)")
            return []
        }
        return items
    }

    /// The text of a scalar after interpolation; nil when it is none, which is then reported.
    mutating func string(_ node: Node?, _ what: String = "text") -> String? {
        guard let node else { return nil }
        guard let text = node.text else {
            report(node.position, "expected \(what), not a list or keys with values")
            return nil
        }
        switch Interpolation.apply(to: text, environment: environment) {
        case .text(let text):
            return text
        case .missing(let names):
            for name in names {
                report(
                    node.position,
                    "the environment variable \(name) is not set; set it or write "
                        + "${\(name):-default}"
                )
            }
        case .malformed:
            report(node.position, "write ${NAME} or ${NAME:-default}; for a plain ${ write $${")
        }
        return nil
    }

    /// The text of a key that must be there and not be empty.
    mutating func requiredString(_ name: String, in fields: Fields) -> String? {
        guard let node = fields[name] else {
            report(fields.position, "\(name) is missing")
            return nil
        }
        guard let text = string(node, name) else { return nil }
        guard !text.isEmpty else {
            report(node.position, "\(name) must not be empty")
            return nil
        }
        return text
    }

    mutating func integer(_ node: Node?, _ what: String, in range: ClosedRange<Int>) -> Int? {
        guard let node, let value = scalar(node, what) else { return nil }
        guard case .int(let number) = value, range.contains(Int(number)) else {
            report(
                node.position,
                range.upperBound == Int.max
                    ? "\(what) must be a whole number of \(range.lowerBound) or more"
                    : "\(what) must be a whole number between \(range.lowerBound) and "
                        + "\(range.upperBound)")
            return nil
        }
        return Int(number)
    }

    mutating func boolean(_ node: Node?, _ what: String) -> Bool? {
        guard let node, let value = scalar(node, what) else { return nil }
        if case .bool(let answer) = value { return answer }
        report(node.position, "\(what) must be true or false")
        return nil
    }

    /// Seconds, as any number.
    mutating func seconds(_ node: Node?, _ what: String, in range: ClosedRange<Double>) -> Double? {
        number(node, what, "seconds", in: range)
    }

    /// - Parameter unit: what it counts, for the message.
    mutating func number(
        _ node: Node?, _ what: String, _ unit: String, in range: ClosedRange<Double>
    ) -> Double? {
        guard let node, let value = scalar(node, what) else { return nil }
        let number: Double? =
            switch value {
            case .int(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        guard let number, range.contains(number) else {
            report(
                node.position,
                "\(what) must be a number of \(unit) between \(range.lowerBound) and "
                    + "\(range.upperBound)")
            return nil
        }
        return number
    }

    /// Something per second, as any number from 0.
    mutating func rate(_ node: Node?, _ what: String) -> Double? {
        guard let node, let value = scalar(node, what) else { return nil }
        let rate: Double? =
            switch value {
            case .int(let number): Double(number)
            case .double(let number): number
            default: nil
            }
        guard let rate, rate.isFinite, rate >= 0 else {
            report(node.position, "\(what) must be a number of 0 or more")
            return nil
        }
        return rate
    }

    /// The resolved value of a scalar that should be no text. A variable's value is resolved like
    /// plain text, also where quotes stand around it: they are there for the shell's sake.
    private mutating func scalar(_ node: Node, _ what: String) -> Node.Value? {
        guard let text = node.text, Interpolation.isNeeded(in: text) else { return node.value }
        return string(node, what).map(YAML.resolvePlain)
    }
}
