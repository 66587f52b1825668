/// Takes one expression apart, character by character, so that what is wrong has its place.
struct CronReader {
    private let text: [Unicode.Scalar]
    private var place = 0

    /// What one field says.
    struct Field {
        var set = CronSet()
        var hasLastDay = false
        /// Whether it begins with `*`, with or without a step.
        var beginsWithStar = false
        var text = ""
        /// Where it begins, from 1.
        var column = 1
    }

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    mutating func fields() throws(CronError) -> [Field] {
        var fields: [Field] = []
        skipSpace()
        for kind in CronField.allCases {
            guard place < text.count else {
                throw fail("the \(kind.words) is missing; five fields are expected: \(Self.order)")
            }
            fields.append(try field(kind))
            skipSpace()
        }
        guard place == text.count else {
            throw fail("five fields are expected (\(Self.order)); seconds and years are not taken")
        }
        return fields
    }

    private static let order = CronField.allCases.map(\.words).joined(separator: ", ")

    private mutating func field(_ kind: CronField) throws(CronError) -> Field {
        var field = Field()
        let start = place
        field.column = start + 1
        field.beginsWithStar = peek == "*"
        while true {
            try item(kind, into: &field)
            guard take(",") else { break }
        }
        guard peek == nil || isSpace(peek) else { throw unexpected(kind) }
        field.text = String(String.UnicodeScalarView(text[start..<place]))
        return field
    }

    private mutating func item(_ kind: CronField, into field: inout Field) throws(CronError) {
        if peek == "L" || peek == "l" {
            guard kind == .dayOfMonth else {
                throw fail("L, the last day, is only for the day of month")
            }
            place += 1
            field.hasLastDay = true
            return
        }
        var (low, high) = (kind.range.lowerBound, kind.range.upperBound)
        // The seventh day of the week is its first.
        if kind == .dayOfWeek { high = 6 }
        let isStar = take("*")
        var isRange = isStar
        if !isStar {
            low = try value(kind).number
            high = low
            if peek == "-" {
                isRange = true
                high = try rangeEnd(kind, from: low)
            }
        }
        var step = 1
        if peek == "/" {
            guard isRange else {
                throw fail(
                    "a step goes with * or a range: programs differ in what "
                        + "\(low)/... means; write \(low)-\(kind.range.upperBound)/...")
            }
            place += 1
            step = try self.step(kind)
        }
        for number in stride(from: low, through: high, by: step) {
            field.set.insert(kind == .dayOfWeek ? number % 7 : number)
        }
    }

    private mutating func rangeEnd(_ kind: CronField, from low: Int) throws(CronError) -> Int {
        place += 1
        let start = place
        var (high, isName) = try value(kind)
        // A week that is written SAT-SUN ends with its Sunday.
        if kind == .dayOfWeek, isName, high == 0, low > 0 { high = 7 }
        guard low <= high else {
            throw CronError(
                column: start + 1,
                reason: "the range ends before it begins; write two of them, as a list")
        }
        return high
    }

    private mutating func step(_ kind: CronField) throws(CronError) -> Int {
        let start = place
        guard let step = number() else { throw fail("a step is expected, such as */15") }
        guard (1...kind.stepMax).contains(step) else {
            throw CronError(
                column: start + 1,
                reason: "a step is 1 to \(kind.stepMax) here: each \(kind.words) field begins "
                    + "anew, so that a longer one would meet one value only")
        }
        return step
    }

    private mutating func value(_ kind: CronField) throws(CronError) -> (number: Int, isName: Bool)
    {
        let start = place
        if let number = number() {
            guard kind.range.contains(number) else {
                throw CronError(
                    column: start + 1, reason: "a \(kind.words) is \(kind.expected)")
            }
            return (number, false)
        }
        let word = text[start...].prefix { $0.properties.isAlphabetic }
        let name = String(String.UnicodeScalarView(word)).uppercased()
        guard let index = kind.names.firstIndex(of: name) else { throw unexpected(kind) }
        place += word.count
        return (kind.range.lowerBound + index, true)
    }

    /// Digits; nil where there are none. More of them than any value has are a value too large.
    private mutating func number() -> Int? {
        let digits = text[place...].prefix { ("0"..."9").contains($0) }
        guard !digits.isEmpty else { return nil }
        place += digits.count
        return digits.count > 4
            ? Int.max : digits.reduce(0) { $0 * 10 + Int($1.value) - 48 }
    }

    private func unexpected(_ kind: CronField) -> CronError {
        switch peek {
        case nil, " ", "\t":
            fail("a \(kind.words) is missing: \(kind.expected)")
        case "?":
            fail("? is not taken; write *")
        case "W", "w", "#":
            fail("W and # are not taken: only what all kinds of cron agree on, and L")
        case "L", "l":
            fail("L stands alone, for the last day of the month")
        default:
            fail("a \(kind.words) is \(kind.expected), with *, ranges, steps and lists")
        }
    }

    private func fail(_ reason: String) -> CronError {
        CronError(column: place + 1, reason: reason)
    }

    private var peek: Unicode.Scalar? { place < text.count ? text[place] : nil }

    private func isSpace(_ scalar: Unicode.Scalar?) -> Bool { scalar == " " || scalar == "\t" }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == scalar else { return false }
        place += 1
        return true
    }

    private mutating func skipSpace() { while isSpace(peek) { place += 1 } }
}
