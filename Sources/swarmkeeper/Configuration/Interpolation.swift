/// `${NAME}` and `${NAME:-default}` in the scalars of a configuration; `$${` stands for `${`.
enum Interpolation {
    enum Outcome: Equatable {
        case text(String)
        /// These variables are not set and have no default.
        case missing([String])
        /// There is a `${` that is not one of the two forms.
        case malformed
    }

    /// Whether `text` has anything to replace.
    static func isNeeded(in text: String) -> Bool { text.contains("${") }

    /// A variable that is set but empty counts as set, unless there is a default for it, as in
    /// the shell. What a variable contains is not looked into again.
    static func apply(to text: String, environment: [String: String]) -> Outcome {
        var output = ""
        var missing: [String] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            output += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                output += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}"),
                    let variable = Variable(rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
                else { return .malformed }
                switch variable.value(in: environment) {
                case let value?: output += value
                case nil: missing.append(variable.name)
                }
                rest = rest[rest.index(after: end)...]
            } else {
                output += "$"
                rest = rest.dropFirst()
            }
        }
        output += rest
        return missing.isEmpty ? .text(output) : .missing(missing)
    }
}

/// What stands between the braces.
private struct Variable {
    let name: String
    let fallback: String?

    init?(_ text: Substring) {
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = name.first, !first.isNumber else { return nil }
        let rest = text.dropFirst(name.count)
        guard rest.isEmpty || rest.hasPrefix(":-") else { return nil }
        // `${A:-${B}}` would end at the first brace and leave the second behind the value.
        guard !rest.contains("${") else { return nil }
        self.name = String(name)
        fallback = rest.isEmpty ? nil : String(rest.dropFirst(2))
    }

    func value(in environment: [String: String]) -> String? {
        guard let fallback else { return environment[name] }
        let value = environment[name] ?? ""
        return value.isEmpty ? fallback : value
    }
}
