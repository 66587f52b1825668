/// One option of a command: `--name VALUE`, also read from `SWARMKEEPER_NAME`.
struct Flag: Sendable {
    let name: String
    let value: String
    let summary: String

    var usage: String { "--\(name) \(value)" }

    var variable: String {
        "SWARMKEEPER_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}

struct ArgumentError: Error, Equatable {
    let message: String
}

/// A command line taken apart; what the environment says counts where the line says nothing.
struct Arguments: Equatable {
    let operands: [String]
    private let values: [String: String]

    init(_ words: [String], flags: [Flag], environment: [String: String]) throws(ArgumentError) {
        var operands: [String] = []
        var values: [String: String] = [:]
        for flag in flags {
            if let value = environment[flag.variable], !value.isEmpty { values[flag.name] = value }
        }
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("--"), word.count > 2 else {
                operands.append(word)
                continue
            }
            let parts = word.dropFirst(2).split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts.first ?? "")
            guard flags.contains(where: { $0.name == name }) else {
                let hint = NearestName.of(name, among: flags.map(\.name)).map {
                    "; did you mean --\($0)?"
                }
                throw ArgumentError(message: "unknown option --\(name)\(hint ?? "")")
            }
            // What looks like an option is one: a value of that look is given as --name=--value.
            if parts.count > 1 {
                values[name] = String(parts[1])
            } else if let value = rest.popFirst(), !value.hasPrefix("--") {
                values[name] = value
            } else {
                throw ArgumentError(message: "--\(name) needs a value")
            }
        }
        self.operands = operands
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    /// A number within a range.
    func number<T: LosslessStringConvertible & Comparable>(
        _ name: String, in range: ClosedRange<T>, default fallback: T
    ) throws(ArgumentError) -> T {
        guard let text = values[name] else { return fallback }
        guard let value = T(text), range.contains(value) else {
            throw ArgumentError(
                message: "--\(name) must be a number between \(range.lowerBound) and "
                    + "\(range.upperBound), not \(text)")
        }
        return value
    }
}
