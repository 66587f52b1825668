/// `${NAME}`, `${NAME:-default}` and `${file:/path}` in the scalars of a configuration; `$${`
/// stands for `${`.
enum Interpolation {
    enum Outcome: Equatable {
        case text(String)
        /// These variables are not set and have no default.
        case missing([String])
        /// Why files cannot be read.
        case unreadable([String])
        /// There is a `${` that is not one of the three forms.
        case malformed
    }

    /// Whether `text` has anything to replace.
    static func isNeeded(in text: String) -> Bool { text.contains("${") }

    /// A variable that is set but empty counts as set, unless there is a default for it, as in
    /// the shell. What a variable or a file contains is not looked into again.
    ///
    /// - Parameter file: the content of a file.
    static func apply(
        to text: String, environment: [String: String],
        file: (String) -> Result<String, SecretFile.Failure>
    ) -> Outcome {
        var output = ""
        var missing: [String] = []
        var unreadable: [String] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            output += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                output += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}"),
                    let reference = Reference(
                        rest[rest.index(rest.startIndex, offsetBy: 2)..<end])
                else { return .malformed }
                switch reference {
                case .variable(let name, let fallback):
                    switch value(of: name, fallback, in: environment) {
                    case let value?: output += value
                    case nil: missing.append(name)
                    }
                case .file(let path):
                    switch file(path) {
                    case .success(let content): output += content
                    case .failure(let failure): unreadable.append(failure.message)
                    }
                }
                rest = rest[rest.index(after: end)...]
            } else {
                output += "$"
                rest = rest.dropFirst()
            }
        }
        output += rest
        if !unreadable.isEmpty { return .unreadable(unreadable) }
        return missing.isEmpty ? .text(output) : .missing(missing)
    }

    private static func value(
        of name: String, _ fallback: String?, in environment: [String: String]
    ) -> String? {
        guard let fallback else { return environment[name] }
        let value = environment[name] ?? ""
        return value.isEmpty ? fallback : value
    }
}

/// What stands between the braces.
private enum Reference {
    case variable(name: String, fallback: String?)
    case file(path: String)

    init?(_ text: Substring) {
        // `${A:-${B}}` would end at the first brace and leave the second behind the value.
        guard !text.contains("${") else { return nil }
        if text.hasPrefix("file:") {
            let path = text.dropFirst(5)
            guard !path.isEmpty else { return nil }
            self = .file(path: String(path))
            return
        }
        let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
        guard let first = name.first, !first.isNumber else { return nil }
        let rest = text.dropFirst(name.count)
        guard rest.isEmpty || rest.hasPrefix(":-") else { return nil }
        self = .variable(
            name: String(name), fallback: rest.isEmpty ? nil : String(rest.dropFirst(2)))
    }
}
