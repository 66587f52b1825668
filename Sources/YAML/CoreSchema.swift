/// The types of plain scalars, YAML 1.2.2 section 10.3.2.
enum CoreSchema {
    /// The value of a plain scalar, or nil for a number that `Int64` or a finite `Double` cannot
    /// hold.
    static func resolve(_ text: String) -> Node.Value? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        case ".nan", ".NaN", ".NAN": return .double(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .double(.infinity)
        case "-.inf", "-.Inf", "-.INF": return .double(-.infinity)
        default: break
        }
        guard let first = text.utf8.first, canStartNumber(first) else { return .string(text) }
        return resolveNumber(text)
    }

    private static func resolveNumber(_ text: String) -> Node.Value? {
        switch form(of: Array(text.utf8)) {
        case .octal: Int64(text.dropFirst(2), radix: 8).map(Node.Value.int)
        case .hexadecimal: Int64(text.dropFirst(2), radix: 16).map(Node.Value.int)
        case .decimal: Int64(text).map(Node.Value.int)
        case .float: Double(text).flatMap { $0.isFinite ? .double($0) : nil }
        case nil: .string(text)
        }
    }

    private enum NumberForm {
        case decimal, octal, hexadecimal, float
    }

    /// Which of the schema's regular expressions for finite numbers matches, if any.
    private static func form(of text: [UInt8]) -> NumberForm? {
        if text.count > 2, text[0] == UInt8(ascii: "0") {
            let digits = text[2...]
            if text[1] == UInt8(ascii: "o"), digits.allSatisfy(isOctalDigit) { return .octal }
            if text[1] == UInt8(ascii: "x"), digits.allSatisfy(isHexDigit) { return .hexadecimal }
        }
        var rest = text[...]
        dropSign(&rest)
        let wholeDigits = dropDigits(&rest)
        if rest.isEmpty { return wholeDigits > 0 ? .decimal : nil }
        var fractionDigits = 0
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fractionDigits = dropDigits(&rest)
        }
        guard wholeDigits + fractionDigits > 0 else { return nil }
        if rest.isEmpty { return .float }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return nil }
        rest.removeFirst()
        dropSign(&rest)
        return dropDigits(&rest) > 0 && rest.isEmpty ? .float : nil
    }

    private static func dropSign(_ rest: inout ArraySlice<UInt8>) {
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") {
            rest.removeFirst()
        }
    }

    private static func dropDigits(_ rest: inout ArraySlice<UInt8>) -> Int {
        let count = rest.prefix(while: isDigit).count
        rest.removeFirst(count)
        return count
    }

    private static func canStartNumber(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ".")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
    }

    private static func isOctalDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "7") ~= byte
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
            || UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte
    }
}
