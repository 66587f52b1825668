/// A text that is read from left to right.
struct Words {
    private let characters: [Character]
    private var next = 0

    init(_ text: String, from offset: Int = 0) {
        characters = Array(text)
        next = offset
    }

    /// An error at the next thing that is not white space.
    func error(_ reason: String) -> ThresholdError {
        var rest = self
        rest.skipSpace()
        return ThresholdError(column: rest.next + 1, reason: reason)
    }

    var isAtEnd: Bool {
        var rest = self
        rest.skipSpace()
        return rest.next == characters.count
    }

    private mutating func skipSpace() { _ = takeWhile(\.isWhitespace) }

    private mutating func takeWhile(_ belongs: (Character) -> Bool) -> String {
        let start = next
        while next < characters.count, belongs(characters[next]) { next += 1 }
        return String(characters[start..<next])
    }

    mutating func take(character: Character) -> Bool {
        skipSpace()
        guard next < characters.count, characters[next] == character else { return false }
        next += 1
        return true
    }

    mutating func take(_ belongs: (Character) -> Bool) -> String? {
        skipSpace()
        let taken = takeWhile(belongs)
        return taken.isEmpty ? nil : taken
    }

    /// Letters and digits, such as `p99.9`.
    mutating func takeWord() -> String? {
        take { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ".") }
    }

    /// The same word in any case; otherwise nothing is taken.
    mutating func take(word: String) -> Bool {
        var rest = self
        guard rest.takeWord()?.lowercased() == word else { return false }
        self = rest
        return true
    }

    /// Whether a name comes next, with quotes or without.
    var startsName: Bool {
        var rest = self
        rest.skipSpace()
        return rest.next < rest.characters.count && !"<>=".contains(rest.characters[rest.next])
    }

    /// What needs no quotes.
    mutating func takeName() -> String? {
        take { !$0.isWhitespace && !"<>=\"".contains($0) }
    }

    mutating func takeNumber() -> Double? {
        var rest = self
        guard let text = rest.take({ $0.isASCIIDigit || $0 == "." }),
            let value = Number.value(text[...])
        else { return nil }
        self = rest
        return value
    }

    /// Empty where there is none: "for" is no unit.
    mutating func takeUnit() -> String {
        var rest = self
        let unit = rest.take { $0.isASCII && ($0.isLetter || "%/".contains($0)) } ?? ""
        guard unit.lowercased() != "for" else { return "" }
        self = rest
        return unit
    }

    mutating func takeComparison() -> Comparison? {
        var rest = self
        let text = rest.take { "<>=".contains($0) }
        guard let comparison = Comparison.allCases.first(where: { $0.rawValue == text }) else {
            return nil
        }
        self = rest
        return comparison
    }

    /// Between quotes, with `\"` and `\\` inside; nil where no quote begins.
    mutating func takeQuoted() throws(ThresholdError) -> String? {
        skipSpace()
        guard next < characters.count, characters[next] == "\"" else { return nil }
        let start = self
        next += 1
        var text = ""
        while next < characters.count, characters[next] != "\"" {
            if characters[next] == "\\", next + 1 < characters.count { next += 1 }
            text.append(characters[next])
            next += 1
        }
        guard next < characters.count else { throw start.error("the quote is not closed") }
        next += 1
        guard !text.isEmpty else { throw start.error("a name cannot be empty") }
        return text
    }
}
