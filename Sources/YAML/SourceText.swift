/// A text that holds only characters YAML allows, its line ends all `\n`.
///
/// Reading past the end yields `end`. That is unambiguous because the text itself cannot hold a
/// NUL, and it spares the parser a check before every look ahead.
struct SourceText: Sendable {
    static let end: Unicode.Scalar = "\0"

    private let scalars: [Unicode.Scalar]
    private let lineStarts: [Int]

    init(_ bytes: [UInt8]) throws(YAMLError) {
        guard bytes.count <= YAML.documentBytesMax else {
            throw YAMLError(
                position: Position(line: 1, column: 1),
                message: "the text has \(bytes.count) bytes, which is over the limit of "
                    + "\(YAML.documentBytesMax); split it or shorten it")
        }
        var decoding = Decoding()
        try decoding.run(bytes)
        scalars = decoding.scalars
        lineStarts = decoding.lineStarts
    }

    var count: Int { scalars.count }

    subscript(index: Int) -> Unicode.Scalar {
        index < scalars.count ? scalars[index] : Self.end
    }

    subscript(range: Range<Int>) -> ArraySlice<Unicode.Scalar> {
        scalars[range]
    }

    func position(at index: Int) -> Position {
        var low = 0
        var high = lineStarts.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= index {
                low = middle
            } else {
                high = middle
            }
        }
        return Position(line: low + 1, column: index - lineStarts[low] + 1)
    }
}

/// From bytes to checked characters, one pass.
private struct Decoding {
    private static let byteOrderMark: Unicode.Scalar = "\u{FEFF}"

    private(set) var scalars: [Unicode.Scalar] = []
    private(set) var lineStarts = [0]

    mutating func run(_ bytes: [UInt8]) throws(YAMLError) {
        scalars.reserveCapacity(bytes.count)
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var isFirst = true
        var isAfterReturn = false
        while true {
            let scalar: Unicode.Scalar
            switch decoder.decode(&iterator) {
            case .scalarValue(let value): scalar = value
            case .emptyInput:
                if isAfterReturn { throw loneReturn }
                return
            case .error:
                throw refusal("this is not UTF-8; save the file in that encoding")
            }
            defer { isFirst = false }
            if isFirst, scalar == Self.byteOrderMark { continue }
            if isAfterReturn, scalar != "\n" { throw loneReturn }
            isAfterReturn = scalar == "\r"
            if isAfterReturn { continue }
            try append(scalar)
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar) throws(YAMLError) {
        guard Self.isAllowed(scalar) else {
            let code = String(scalar.value, radix: 16, uppercase: true)
            let digits = String(repeating: "0", count: max(0, 4 - code.count)) + code
            throw refusal(
                "the character U+\(digits) cannot stand in the text; "
                    + "write \"\\u\(digits)\" in double quotes if it is wanted")
        }
        scalars.append(scalar)
        if scalar == "\n" { lineStarts.append(scalars.count) }
    }

    /// `c-printable` of 5.1 without the characters that parsers may take for line ends or drop.
    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x20...0x7E: true
        case 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: false
        default: scalar.value >= 0xA0
        }
    }

    private var loneReturn: YAMLError {
        refusal("a carriage return stands here without a line feed; end lines in LF or CRLF")
    }

    private func refusal(_ message: String) -> YAMLError {
        let column = scalars.count - (lineStarts.last ?? 0) + 1
        return YAMLError(
            position: Position(line: lineStarts.count, column: column), message: message)
    }
}
