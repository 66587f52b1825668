import Foundation

/// One log line: a JSON object on one line, its keys in a fixed order.
struct LogLine {
    /// Longest text written: room for an error with its cause, too short to flood the log with
    /// what a caller sent.
    static let valueBytesMax = 2048
    /// Longest name of a field; names are chosen by the programmer.
    static let nameBytesMax = 128
    /// Most elements of a list; the rest becomes one element that counts them.
    static let elementsMax = 64
    /// Most fields of a line; those behind them, by name, are left out.
    static let fieldsMax = 64

    private static let reservedNames: Set<String> = ["time", "level", "event"]

    private let redaction: Redaction
    private(set) var bytes: [UInt8] = []

    init(
        time: Date, level: LogLevel, event: String, fields: [String: LogValue],
        redaction: Redaction
    ) {
        self.redaction = redaction
        bytes.reserveCapacity(256)
        bytes += "{\"time\":\"\(Timestamp(time).text)\",\"level\":\"\(level.rawValue)\"".utf8
        bytes += ",\"event\":".utf8
        appendText(event, bytesMax: Self.valueBytesMax)
        for (name, value) in fields.sorted(by: { $0.key < $1.key }).prefix(Self.fieldsMax) {
            bytes.append(UInt8(ascii: ","))
            // A second `level` would let a field contradict the line.
            let name = Self.reservedNames.contains(name) ? "field.\(name)" : name
            appendText(name, bytesMax: Self.nameBytesMax)
            bytes.append(UInt8(ascii: ":"))
            append(value)
        }
        bytes += "}\n".utf8
    }

    private mutating func append(_ value: LogValue) {
        switch value {
        case .string(let text): appendText(text, bytesMax: Self.valueBytesMax)
        case .int(let number): appendNumber(String(number), isJSON: true)
        case .double(let number): appendNumber("\(number)", isJSON: number.isFinite)
        case .bool(let flag): bytes += (flag ? "true" : "false").utf8
        case .strings(let texts): append(texts)
        }
    }

    private mutating func append(_ texts: [String]) {
        bytes.append(UInt8(ascii: "["))
        for (index, text) in texts.prefix(Self.elementsMax).enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendText(text, bytesMax: Self.valueBytesMax)
        }
        if texts.count > Self.elementsMax {
            bytes += ",\"… \(texts.count - Self.elementsMax) more\"".utf8
        }
        bytes.append(UInt8(ascii: "]"))
    }

    /// A token of digits only must not escape as a number.
    private mutating func appendNumber(_ text: String, isJSON: Bool) {
        if isJSON, !redaction.finds(in: text) {
            bytes += text.utf8
        } else {
            appendText(text, bytesMax: Self.valueBytesMax)
        }
    }

    private mutating func appendText(_ text: String, bytesMax: Int) {
        let shown = redaction.apply(to: text, bytesMax: bytesMax)
        bytes.append(UInt8(ascii: "\""))
        for scalar in String(decoding: shown, as: UTF8.self).unicodeScalars { append(scalar) }
        bytes.append(UInt8(ascii: "\""))
    }

    /// RFC 8259, section 7, and beyond it everything that a terminal or a viewer could take for
    /// an instruction.
    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": bytes += "\\\"".utf8
        case "\\": bytes += "\\\\".utf8
        case "\n": bytes += "\\n".utf8
        case "\r": bytes += "\\r".utf8
        case "\t": bytes += "\\t".utf8
        case _ where Self.isInstruction(scalar):
            let digits = String(scalar.value, radix: 16)
            bytes += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
        default: bytes += UTF8.encode(scalar).map(Array.init) ?? []
        }
    }

    /// Controls (C0, DEL, C1), line and paragraph separators, and the marks that change the
    /// direction of text and so can make a line look like another one. All below U+10000.
    private static func isInstruction(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F, 0x061C, 0x200B...0x200F, 0x2028...0x202E,
            0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB, 0xFFFE...0xFFFF:
            true
        default: false
        }
    }
}
