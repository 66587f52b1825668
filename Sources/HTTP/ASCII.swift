/// The bytes that HTTP's grammar speaks of, and which of them may stand where.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let percent: UInt8 = 0x25
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let question: UInt8 = 0x3F
    static let ampersand: UInt8 = 0x26
    static let asterisk: UInt8 = 0x2A

    /// Eight bytes as one number, as `Span.word(at:)` reads them.
    static let http11: UInt64 = 0x312E_312F_5054_5448  // HTTP/1.1
    /// The bit by which letters differ from their capitals, in each byte.
    static let caseBits: UInt64 = 0x2020_2020_2020_2020

    /// `tchar` of RFC 9110, section 5.6.2: methods, field names.
    static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
        default: false
        }
    }

    /// What a field's value may hold, bytes above ASCII included (RFC 9110, section 5.5).
    static func isFieldValue(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != 0x7F : byte == tab
    }

    /// `pchar` and the slash of RFC 3986, section 3.3, percent signs included.
    static func isPath(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x2F...0x39, 0x40...0x5A, 0x61...0x7A: true
        case 0x21, 0x24...0x2E, 0x3A, 0x3B, 0x3D, 0x5F, 0x7E: true
        default: false
        }
    }

    /// What a query may hold. RFC 3986 wants brackets encoded; common clients do not.
    static func isQuery(_ byte: UInt8) -> Bool {
        isPath(byte) || byte == question || byte == 0x5B || byte == 0x5D
    }

    /// `uri-host` and `port` of RFC 9110, section 7.2, without looking at their order.
    static func isHost(_ byte: UInt8) -> Bool {
        switch byte {
        case comma, slash, 0x40: false
        case 0x5B, 0x5D: true  // Brackets hold an IPv6 address.
        default: isPath(byte)
        }
    }

    static func isWhitespace(_ byte: UInt8) -> Bool { byte == space || byte == tab }

    static func isDigit(_ byte: UInt8) -> Bool { zero...nine ~= byte }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        0x41...0x5A ~= byte ? byte | 0x20 : byte
    }

    /// The value of a hexadecimal digit in either case.
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte &- 0x30
        case 0x41...0x46: byte &- 0x37
        case 0x61...0x66: byte &- 0x57
        default: nil
        }
    }
}

extension String {
    /// Whether both are the same but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: String) -> Bool {
        let (left, right) = (utf8, other.utf8)
        guard left.count == right.count else { return false }
        return zip(left, right).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }
}
