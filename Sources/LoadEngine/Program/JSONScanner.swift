/// Walks over JSON to one place without building a tree: what is not on the way is only passed
/// over, strings and brackets matched and nothing else judged.
struct JSONScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Moves from the value here to the one of its members that `step` says.
    ///
    /// - Returns: whether there is one.
    mutating func enter(_ step: JSONPointer.Step) -> Bool {
        skipWhiteSpace()
        switch current {
        case UInt8(ascii: "{"): return enterMember(step.name)
        case UInt8(ascii: "["): return step.index.map { enterItem($0) } ?? false
        default: return false
        }
    }

    /// The value here: of a string its text, of any other value its spelling; nil for null.
    mutating func scalarOrText() -> [UInt8]? {
        skipWhiteSpace()
        let start = position
        if current == UInt8(ascii: "\"") {
            guard let content = skipString() else { return nil }
            return unescaped(content)
        }
        guard skipValue() else { return nil }
        let text = Array(bytes[start..<position])
        return text.elementsEqual("null".utf8) ? nil : text
    }

    private mutating func enterMember(_ name: [UInt8]) -> Bool {
        position += 1
        while true {
            skipWhiteSpace()
            guard current == UInt8(ascii: "\""), let key = skipString(), skip(":") else {
                return false
            }
            if isName(key, name) { return true }
            guard skipValue(), skip(",") else { return false }
        }
    }

    private mutating func enterItem(_ index: Int) -> Bool {
        position += 1
        for _ in 0..<index {
            guard skipValue(), skip(",") else { return false }
        }
        skipWhiteSpace()
        return current != UInt8(ascii: "]")
    }

    private func isName(_ range: Range<Int>, _ name: [UInt8]) -> Bool {
        for index in range where bytes[index] == UInt8(ascii: "\\") {
            return unescaped(range) == name
        }
        guard range.count == name.count else { return false }
        for offset in 0..<name.count where bytes[range.lowerBound + offset] != name[offset] {
            return false
        }
        return true
    }
}

// MARK: Passing over

extension JSONScanner {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            position += 1
        }
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        skipWhiteSpace()
        guard current == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    /// Stands on the opening quote, ends behind the closing one.
    ///
    /// - Returns: what is between them; nil where there is no closing one.
    private mutating func skipString() -> Range<Int>? {
        let start = position + 1
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "\""):
                position = index + 1
                return start..<index
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }

    /// Passes over a value. Brackets are counted, so that depth costs no stack.
    private mutating func skipValue() -> Bool {
        var depth = 0
        skipWhiteSpace()
        repeat {
            switch current {
            case nil: return false
            case UInt8(ascii: "\""): guard skipString() != nil else { return false }
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard depth > 0 else { return false }
                depth -= 1
                position += 1
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard depth > 0 else { return false }
                position += 1
            default: skipWord()
            }
            if depth > 0 { skipWhiteSpace() }
        } while depth > 0
        return true
    }

    /// Passes over a number or one of the three words, or what stands in their place.
    private mutating func skipWord() {
        position += 1
        while let byte = current, !Self.endsWord(byte) { position += 1 }
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x20, 0x0A, 0x0D, 0x09, 0x22, 0x2C, 0x3A, 0x5B, 0x5D, 0x7B, 0x7D: true
        default: false
        }
    }
}

// MARK: Escapes

extension JSONScanner {
    /// What the string content in `range` means; nil where an escape means nothing.
    private func unescaped(_ range: Range<Int>) -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\") else {
                text.append(byte)
                continue
            }
            guard index < range.upperBound, append(escapeAt: &index, in: range, to: &text) else {
                return nil
            }
        }
        return text
    }

    private func append(
        escapeAt index: inout Int, in range: Range<Int>, to text: inout [UInt8]
    ) -> Bool {
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            guard let scalar = scalar(at: &index, in: range) else { return false }
            text += Character(scalar).utf8
        default: return false
        }
        return true
    }

    /// Half of a surrogate pair without the other becomes U+FFFD, as in other readers.
    private func scalar(at index: inout Int, in range: Range<Int>) -> Unicode.Scalar? {
        guard let first = codeUnit(at: index, in: range) else { return nil }
        index += 4
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), index + 1 < range.upperBound,
            bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u"),
            let second = codeUnit(at: index + 2, in: range), UTF16.isTrailSurrogate(second)
        else { return "\u{FFFD}" }
        index += 6
        return Unicode.Scalar(
            0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
    }

    private func codeUnit(at index: Int, in range: Range<Int>) -> UInt16? {
        guard index + 4 <= range.upperBound else { return nil }
        var unit: UInt16 = 0
        for place in index..<index + 4 {
            guard let digit = bytes[place].hexadecimalValue else { return nil }
            unit = unit << 4 | UInt16(digit)
        }
        return unit
    }
}
