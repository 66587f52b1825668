import ControlPlane

/// Reads bodies: JSON as RFC 8259 has it, in UTF-8, and nothing that only looks like it.
///
/// Foundation's decoder takes seconds for a `JSONValue` in two kilobytes of brackets, because every
/// wrong guess at a type describes its whole path; it also takes trailing commas and names that
/// are given twice, of which it keeps one.
struct JSONReader {
    struct Failure: Error, Equatable, CustomStringConvertible {
        let expected: String
        /// In bytes from 0.
        let offset: Int

        var description: String { "expected \(expected) at byte \(offset)" }
    }

    /// Deepest nesting accepted: bodies of ours nest 5 deep and carry data of the caller's that is
    /// `Schema.anyDepthMax` deep at most. Recursion must be bounded.
    static let depthMax = 64

    private let bytes: [UInt8]
    private var position = 0

    /// The only value in `bytes`.
    static func document(_ bytes: [UInt8]) throws(Failure) -> JSONValue {
        var reader = JSONReader(bytes: bytes)
        let value = try reader.value(depth: 0)
        reader.skipWhiteSpace()
        guard reader.position == bytes.count else { throw reader.expected("the end") }
        return value
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        skipWhiteSpace()
        switch current {
        case UInt8(ascii: "{"): return .object(try members(depth: depth + 1))
        case UInt8(ascii: "["): return .array(try items(depth: depth + 1))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func members(depth: Int) throws(Failure) -> [String: JSONValue] {
        guard depth <= Self.depthMax else { throw expected("less nesting") }
        position += 1
        var members: [String: JSONValue] = [:]
        if skip("}") { return members }
        repeat {
            skipWhiteSpace()
            guard current == UInt8(ascii: "\"") else { throw expected("a name in quotes") }
            let start = position
            let name = try string()
            guard members[name] == nil else {
                throw Failure(expected: "a name that was not given before", offset: start)
            }
            guard skip(":") else { throw expected("a colon") }
            members[name] = try value(depth: depth)
        } while skip(",")
        guard skip("}") else { throw expected("a comma or a closing brace") }
        return members
    }

    private mutating func items(depth: Int) throws(Failure) -> [JSONValue] {
        guard depth <= Self.depthMax else { throw expected("less nesting") }
        position += 1
        var items: [JSONValue] = []
        if skip("]") { return items }
        repeat {
            items.append(try value(depth: depth))
        } while skip(",")
        guard skip("]") else { throw expected("a comma or a closing bracket") }
        return items
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Failure)
        -> JSONValue
    {
        let matches = word.withUTF8Buffer { bytes[position...].starts(with: $0) }
        guard matches else { throw expected("a value") }
        position += word.utf8CodeUnitCount
        return value
    }
}

// MARK: Numbers

extension JSONReader {
    /// Whole numbers of 64 bits are exact, all others are the nearest `Double`.
    private mutating func number() throws(Failure) -> JSONValue {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        let first = current
        let digits = skipDigits()
        guard digits > 0, first != UInt8(ascii: "0") || digits == 1 else {
            throw Failure(expected: "a value", offset: start)
        }
        var isWhole = true
        if current == UInt8(ascii: ".") {
            isWhole = false
            position += 1
            guard skipDigits() > 0 else { throw expected("a digit") }
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            isWhole = false
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw expected("a digit") }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isWhole, let number = Int64(text) { return .int(number) }
        guard let number = Double(text), number.isFinite else {
            throw Failure(expected: "a number below 1.8e308", offset: start)
        }
        return .double(number)
    }

    private mutating func skipDigits() -> Int {
        let start = position
        while let byte = current, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { position += 1 }
        return position - start
    }
}

// MARK: Strings

extension JSONReader {
    /// Stands on the opening quote, ends behind the closing one.
    private mutating func string() throws(Failure) -> String {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw Failure(expected: "UTF-8 in the string", offset: start)
                }
                return string
            case UInt8(ascii: "\\"):
                position += 1
                try appendEscape(to: &text)
            case 0..<0x20:
                throw expected("an escape instead of a control character")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw expected("a closing quote")
    }

    private mutating func appendEscape(to text: inout [UInt8]) throws(Failure) {
        guard let byte = current else { throw expected("an escape") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text += Array(String(Character(try scalar())).utf8)
        default:
            position -= 1
            throw expected("an escape")
        }
    }

    /// Half of a surrogate pair without the other half is no character (RFC 8259, section 8.2).
    private mutating func scalar() throws(Failure) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), skipEscapeStart() else {
            throw expected("the other half of a surrogate pair")
        }
        let second = try codeUnit()
        let offset = (UInt32(first) & 0x3FF) << 10 | (UInt32(second) & 0x3FF)
        guard UTF16.isTrailSurrogate(second), let scalar = Unicode.Scalar(0x1_0000 + offset) else {
            throw expected("the other half of a surrogate pair")
        }
        return scalar
    }

    private mutating func skipEscapeStart() -> Bool {
        guard bytes[position...].starts(with: "\\u".utf8) else { return false }
        position += 2
        return true
    }

    private mutating func codeUnit() throws(Failure) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue
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

    private func expected(_ what: String) -> Failure { Failure(expected: what, offset: position) }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipWhiteSpace()
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }
}
