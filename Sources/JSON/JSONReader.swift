/// Reads JSON (RFC 8259) out of bytes.
///
/// Foundation's decoder takes about 2 µs for a number in a body of a thousand, which is what a
/// callback is made of; it refuses the `NaN` that Python writes; and it does not say where a value
/// ends that stands in the middle of a page. Hence a reader of our own.
package struct JSONReader {
    /// What was expected, and the offset in bytes at which something else was found.
    package struct Failure: Error, Equatable {
        package let offset: Int
        package let expected: String
    }

    package enum Dialect: Sendable {
        /// RFC 8259, and no name twice in an object: which of the two counts, readers disagree on.
        case strict
        /// What Python's `json` writes: `NaN` and the infinities are numbers, half of a surrogate
        /// pair is a character, and of two equal names the last counts.
        case python
    }

    /// Deepest nesting accepted: recursion must be bounded, on the small stacks of a thread pool
    /// too, and no body of ours nests deeper than 6 outside the caller's own metadata.
    package static let depthMax = 64

    private let bytes: [UInt8]
    private let dialect: Dialect
    private var position: Int

    private init(_ bytes: [UInt8], from start: Int, _ dialect: Dialect) {
        self.bytes = bytes
        self.dialect = dialect
        position = start
    }

    /// The only value in `bytes`; anything but white space after it is an error.
    package static func document(_ bytes: [UInt8], dialect: Dialect = .strict) throws(Failure)
        -> JSONValue
    {
        var reader = JSONReader(bytes, from: 0, dialect)
        let value = try reader.value(depth: 0)
        reader.skipWhiteSpace()
        guard reader.position == bytes.count else { throw reader.expected("the end") }
        return value
    }

    /// The value that begins at `start`; what follows it is not looked at.
    package static func value(in bytes: [UInt8], from start: Int, dialect: Dialect = .strict)
        throws(Failure) -> JSONValue
    {
        var reader = JSONReader(bytes, from: start, dialect)
        return try reader.value(depth: 0)
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.depthMax else {
            throw expected("at most \(Self.depthMax) levels of nesting")
        }
        skipWhiteSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N") where dialect == .python: return try word("NaN", .double(.nan))
        case UInt8(ascii: "I") where dialect == .python:
            return try word("Infinity", .double(.infinity))
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        if skip("}") { return .object(members) }
        repeat {
            skipWhiteSpace()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
            let name = try string()
            guard skip(":") else { throw expected("a colon") }
            let previous = members.updateValue(try value(depth: depth + 1), forKey: name)
            if previous != nil, dialect == .strict {
                throw Failure(
                    offset: start,
                    expected: "every name once in an object, \"\(name.prefix(60))\" is there twice")
            }
        } while skip(",")
        guard skip("}") else { throw expected("a comma or a closing brace") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        if skip("]") { return .array(values) }
        repeat {
            values.append(try value(depth: depth + 1))
        } while skip(",")
        guard skip("]") else { throw expected("a comma or a closing bracket") }
        return .array(values)
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure)
        -> JSONValue
    {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw expected(word.description) }
        position += word.utf8CodeUnitCount
        return value
    }
}

// MARK: Numbers

extension JSONReader {
    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        if dialect == .python, bytes[position...].starts(with: "-Infinity".utf8) {
            position += "-Infinity".utf8.count
            return .double(-.infinity)
        }
        let isNegative = skipByte("-")
        let whole = position
        guard skipDigits() > 0 else { throw expected("a value") }
        guard position - whole == 1 || bytes[whole] != UInt8(ascii: "0") else {
            position = start
            throw expected("a number without leading zeros")
        }
        // Up to 18 digits fit an Int64 whatever they are.
        let fits = position - whole <= 18
        guard try skipFractionAndExponent() || !fits else {
            let magnitude = bytes[whole..<position].reduce(Int64(0)) {
                $0 * 10 + Int64($1 - UInt8(ascii: "0"))
            }
            return .int(isNegative ? -magnitude : magnitude)
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let integer = Int64(text) { return .int(integer) }
        guard let number = Double(text), number.isFinite || dialect == .python else {
            position = start
            throw expected("a number that a double can hold")
        }
        return .double(number)
    }

    /// Whether there is a fraction or an exponent.
    private mutating func skipFractionAndExponent() throws(Failure) -> Bool {
        var isThere = false
        if skipByte(".") {
            isThere = true
            guard skipDigits() > 0 else { throw expected("a digit") }
        }
        if skipByte("e") || skipByte("E") {
            isThere = true
            if !skipByte("+") { _ = skipByte("-") }
            guard skipDigits() > 0 else { throw expected("a digit") }
        }
        return isThere
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        return position - start
    }
}

// MARK: Strings

extension JSONReader {
    /// Stands on the opening quote, ends behind the closing one.
    private mutating func string() throws(Failure) -> String {
        position += 1
        var start = position
        var text: [UInt8]?
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                let rest = bytes[start..<position]
                let whole = text.map { $0 + rest } ?? Array(rest)
                guard let string = String(validating: whole, as: UTF8.self) else {
                    throw expected("UTF-8")
                }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                text = (text ?? []) + bytes[start..<position]
                position += 1
                text?.append(contentsOf: try escape())
                start = position
            case 0..<0x20 where dialect == .strict:
                throw expected("control characters as escapes")
            default:
                position += 1
            }
        }
        throw expected("a closing quote")
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte = current else { throw expected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
        default: throw expected("an escape")
        }
    }

    /// Half of a surrogate pair without the other half is no text. Python writes it all the same,
    /// and it becomes U+FFFD there, as in other decoders.
    private mutating func scalar() throws(Failure) -> Character {
        let first = try codeUnit()
        if let scalar = UnicodeScalar(first) { return Character(scalar) }
        guard UTF16.isLeadSurrogate(first), bytes[position...].starts(with: "\\u".utf8) else {
            return try halfOfPair()
        }
        let afterFirst = position
        position += 2
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else {
            position = afterFirst  // It stands for itself and is read again as such.
            return try halfOfPair()
        }
        let offset = (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Character(UnicodeScalar(0x10000 + offset) ?? "\u{FFFD}")
    }

    private func halfOfPair() throws(Failure) -> Character {
        guard dialect == .python else { throw expected("both halves of a surrogate pair") }
        return "\u{FFFD}"
    }

    private mutating func codeUnit() throws(Failure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, byte < 0x80,
                let digit = Character(UnicodeScalar(byte)).hexDigitValue
            else { throw expected("four hexadecimal digits") }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}

// MARK: Moving on

extension JSONReader {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func expected(_ what: String) -> Failure { Failure(offset: position, expected: what) }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipWhiteSpace()
        return skipByte(character)
    }

    private mutating func skipByte(_ character: Unicode.Scalar) -> Bool {
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
