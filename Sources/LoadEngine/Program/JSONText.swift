extension [UInt8] {
    /// Appends text as it stands between the quotes of a JSON string (RFC 8259, section 7).
    mutating func appendJSONText(_ bytes: ArraySlice<UInt8>) {
        // Decoding replaces what is no UTF-8, which no reader of JSON would take.
        for byte in String(decoding: bytes, as: UTF8.self).utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                append(UInt8(ascii: "\\"))
                append(byte)
            case 0..<0x20:
                append(contentsOf: "\\u00".utf8)
                append(Self.hexadecimalDigits[Int(byte >> 4)])
                append(Self.hexadecimalDigits[Int(byte & 15)])
            default: append(byte)
            }
        }
    }

    private static let hexadecimalDigits = Array("0123456789abcdef".utf8)
}

extension UInt8 {
    /// Whether it may stand in a JSON string as it is, whatever stands beside it.
    var isPlainInJSON: Bool {
        0x20..<0x80 ~= self && self != UInt8(ascii: "\"") && self != UInt8(ascii: "\\")
    }
}
