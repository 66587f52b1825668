/// One option of a command: `--name VALUE`, also read from `SWARMKEEPER_NAME`.
struct Flag: Sendable {
    enum Kind: Sendable {
        /// Has a value; the last one counts.
        case single
        /// Has a value and may be given again, each adding to the others. A variable has one value
        /// per line.
        case list
        /// Has no value. A variable says `true` or `false`.
        case toggle
    }

    let name: String
    /// What stands for the value in the help; empty for a toggle.
    let value: String
    let summary: String
    /// The short form, as `c` for `-c`.
    var letter: Character?
    var kind = Kind.single
    /// The heading in the help under which it stands.
    var group = "options"

    var usage: String {
        let long = value.isEmpty ? "--\(name)" : "--\(name) \(value)"
        return letter.map { "-\($0), \(long)" } ?? long
    }

    var variable: String {
        "SWARMKEEPER_" + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined()
    }
}
