extension [UInt8] {
    /// Appends what stands in a path or a query, bytes that may not stand there percent-encoded
    /// (RFC 3986, section 2.1). What is encoded already stays as it is.
    ///
    /// - Parameter leavingBrackets: as common clients do in queries, and servers take them there.
    mutating func appendTarget(_ bytes: ArraySlice<UInt8>, leavingBrackets: Bool = false) {
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == UInt8(ascii: "%") {
                let isCode =
                    index + 2 < bytes.endIndex && bytes[index + 1].hexadecimalValue != nil
                    && bytes[index + 2].hexadecimalValue != nil
                append(contentsOf: isCode ? "%".utf8 : "%25".utf8)
            } else if byte.mayStandInTarget || leavingBrackets && (byte == 0x5B || byte == 0x5D) {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                for digit in [byte >> 4, byte & 0xF] {
                    append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") - 10 + digit)
                }
            }
        }
    }
}

extension UInt8 {
    /// Letters, digits, and what separates them, of paths and queries alike (RFC 3986, sections
    /// 3.3 and 3.4). A fragment's `#` is not among them, and not `%`.
    var mayStandInTarget: Bool {
        switch self {
        case 0x30...0x39, 0x40...0x5A, 0x61...0x7A: true  // Digits, @ and letters.
        case 0x21, 0x24, 0x26...0x2F, 0x3A, 0x3B, 0x3D, 0x3F, 0x5F, 0x7E: true
        default: false
        }
    }

    /// Of a name or an address with its port, as in a Host field (RFC 9110, section 7.2).
    var mayStandInHost: Bool {
        switch self {
        case 0x30...0x3A, 0x41...0x5B, 0x5D, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }

    var hexadecimalValue: UInt8? {
        switch self {
        case 0x30...0x39: self & 0xF
        case 0x41...0x46, 0x61...0x66: (self & 0xF) + 9
        default: nil
        }
    }

    /// What methods and field names are made of (RFC 9110, section 5.6.2).
    var isToken: Bool {
        switch self {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// What a field's value is made of (RFC 9110, section 5.5).
    var isFieldValue: Bool { self >= 0x20 ? self != 0x7F : self == 0x09 }

    var lowercased: UInt8 { 0x41...0x5A ~= self ? self | 0x20 : self }
}
