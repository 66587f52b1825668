/// Reads JSON out of bytes that may go on after it.
///
/// Foundation's decoder refuses the `NaN` that Python writes and needs to know where a value
/// ends, which a page with JSON in the middle does not say; hence a reader of our own.
struct JSONReader {
    /// What was expected, and the offset in bytes at which something else was found.
    struct Failure: Error, Equatable {
        let offset: Int
        let expected: String
    }

    /// Deepest nesting accepted: Locust's answers nest 6 deep, and recursion must be bounded.
    static let depthMax = 64

    private let bytes: [UInt8]
    private var position: Int

    init(_ bytes: [UInt8], from start: Int = 0) {
        self.bytes = bytes
        position = start
    }

    /// The only value in `bytes`; anything but white space after it is an error.
    static func document(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value(depth: 0)
        reader.skipWhiteSpace()
        guard reader.position == bytes.count else { throw reader.expected("the end") }
        return value
    }

    /// The value that begins at `start`; what follows it is not looked at.
    static func value(in bytes: [UInt8], from start: Int) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes, from: start)
        return try reader.value(depth: 0)
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.depthMax else { throw expected("less nesting") }
        skipWhiteSpace()
        switch current {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try list(depth: depth)
        case UInt8(ascii: "\""): return .text(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .number(.nan))
        case UInt8(ascii: "I"): return try word("Infinity", .number(.infinity))
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        if skip("}") { return .object(members) }
        repeat {
            skipWhiteSpace()
            guard current == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
            let name = try string()
            guard skip(":") else { throw expected("a colon") }
            members[name] = try value(depth: depth + 1)
        } while skip(",")
        guard skip("}") else { throw expected("a comma or a closing brace") }
        return .object(members)
    }

    private mutating func list(depth: Int) throws(Failure) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        if skip("]") { return .list(values) }
        repeat {
            values.append(try value(depth: depth + 1))
        } while skip(",")
        guard skip("]") else { throw expected("a comma or a closing bracket") }
        return .list(values)
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure)
        -> JSONValue
    {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw expected(word.description) }
        position += word.utf8CodeUnitCount
        return value
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        if bytes[position...].starts(with: "-Infinity".utf8) {
            position += "-Infinity".utf8.count
            return .number(-.infinity)
        }
        while let byte = current, Self.numberBytes.contains(byte) { position += 1 }
        guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            position = start
            throw expected("a value")
        }
        return .number(number)
    }

    private static let numberBytes = Set("0123456789+-.eE".utf8)
}

// MARK: Strings

extension JSONReader {
    /// Stands on the opening quote, ends behind the closing one.
    private mutating func string() throws(Failure) -> String {
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text.append(contentsOf: try escape())
            default: text.append(byte)
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

    /// Half of a surrogate pair without the other half becomes U+FFFD, as in other decoders.
    private mutating func scalar() throws(Failure) -> Character {
        let first = try codeUnit()
        guard UTF16.isLeadSurrogate(first), bytes[position...].starts(with: "\\u".utf8) else {
            return Character(UnicodeScalar(first) ?? "\u{FFFD}")
        }
        let afterFirst = position
        position += 2
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else {
            position = afterFirst  // It stands for itself and is read again as such.
            return "\u{FFFD}"
        }
        let offset = (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        return Character(UnicodeScalar(0x10000 + offset) ?? "\u{FFFD}")
    }

    private mutating func codeUnit() throws(Failure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(UnicodeScalar(byte)).hexDigitValue
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
        while let byte = current, byte == 0x20 || (0x09...0x0D).contains(byte) { position += 1 }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipWhiteSpace()
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
