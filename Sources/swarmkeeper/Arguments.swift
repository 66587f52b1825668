struct ArgumentError: Error, Equatable {
    let message: String
}

/// A command line taken apart; what the environment says counts where the line says nothing.
///
/// Options are `--name VALUE` and `--name=VALUE`, for flags with a letter also `-n VALUE` and
/// `-nVALUE`. A word with one dash is an operand where the command has no letters.
struct Arguments: Equatable {
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]

    init(_ words: [String], flags: [Flag], environment: [String: String]) throws(ArgumentError) {
        let hasLetters = flags.contains { $0.letter != nil }
        var given: [String: [String]] = [:]
        var rest = words[...]
        while let word = rest.popFirst() {
            let option: (flag: Flag, value: String?)
            if word.hasPrefix("--"), word.count > 2 {
                option = try Self.long(word, flags: flags)
            } else if hasLetters, word.hasPrefix("-"), word.count > 1, word != "--" {
                option = try Self.short(word, flags: flags)
            } else {
                operands.append(word)
                continue
            }
            let value = try Self.value(of: option.flag, attached: option.value, rest: &rest)
            given[option.flag.name, default: []].append(value)
        }
        values = try Self.values(in: environment, flags: flags)
        values.merge(given) { _, given in given }
    }

    private static func long(_ word: String, flags: [Flag]) throws(ArgumentError)
        -> (flag: Flag, value: String?)
    {
        let parts = word.dropFirst(2).split(
            separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard let flag = flags.first(where: { $0.name == name }) else {
            let hint = NearestName.of(name, among: flags.map(\.name)).map {
                "; did you mean --\($0)?"
            }
            throw ArgumentError(message: "unknown option --\(name)\(hint ?? "")")
        }
        return (flag, parts.count > 1 ? String(parts[1]) : nil)
    }

    private static func short(_ word: String, flags: [Flag]) throws(ArgumentError)
        -> (flag: Flag, value: String?)
    {
        let letter = word.dropFirst().first
        guard let flag = flags.first(where: { $0.letter == letter }) else {
            throw ArgumentError(message: "unknown option \(word)")
        }
        return (flag, word.count > 2 ? String(word.dropFirst(2)) : nil)
    }

    private static func value(
        of flag: Flag, attached: String?, rest: inout ArraySlice<String>
    ) throws(ArgumentError) -> String {
        if flag.kind == .toggle {
            return try switchPosition(attached ?? "true", of: "--\(flag.name)")
        }
        if let attached { return attached }
        // What looks like an option is one: a value of that look is given as --name=--value.
        guard let value = rest.first, !value.hasPrefix("--") else {
            throw ArgumentError(message: "--\(flag.name) needs a value")
        }
        rest.removeFirst()
        return value
    }

    private static func values(in environment: [String: String], flags: [Flag])
        throws(ArgumentError) -> [String: [String]]
    {
        var values: [String: [String]] = [:]
        for flag in flags {
            guard let text = environment[flag.variable], !text.isEmpty else { continue }
            switch flag.kind {
            case .single: values[flag.name] = [text]
            case .list: values[flag.name] = text.split(separator: "\n").map(String.init)
            case .toggle: values[flag.name] = [try switchPosition(text, of: flag.variable)]
            }
        }
        return values
    }

    private static func switchPosition(_ text: String, of name: String) throws(ArgumentError)
        -> String
    {
        switch text.lowercased() {
        case "true", "1", "yes", "on": return "true"
        case "false", "0", "no", "off": return "false"
        default: throw ArgumentError(message: "\(name) is true or false, not \(text)")
        }
    }

    subscript(name: String) -> String? { values[name]?.last }

    /// Every value of an option that may be repeated.
    func all(_ name: String) -> [String] { values[name] ?? [] }

    /// Whether a toggle is on.
    func isOn(_ name: String) -> Bool { self[name] == "true" }

    /// A number within a range.
    func number<T: LosslessStringConvertible & Comparable>(
        _ name: String, in range: ClosedRange<T>, default fallback: T
    ) throws(ArgumentError) -> T {
        try number(name, in: range) ?? fallback
    }

    /// A number within a range; nil where it was not given.
    func number<T: LosslessStringConvertible & Comparable>(
        _ name: String, in range: ClosedRange<T>
    ) throws(ArgumentError) -> T? {
        guard let text = self[name] else { return nil }
        guard let value = T(text), range.contains(value) else {
            throw ArgumentError(
                message: "--\(name) must be a number between \(range.lowerBound) and "
                    + "\(range.upperBound), not \(text)")
        }
        return value
    }
}
