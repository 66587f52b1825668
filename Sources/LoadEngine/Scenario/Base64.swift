/// Bytes as text (RFC 4648, section 4).
enum Base64 {
    /// Nil for what is no Base64. White space is passed over, since people wrap lines; both
    /// alphabets are read, and padding may be missing.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 4 * 3)
        var (bits, count, padding) = (UInt32(0), 0, 0)
        for character in text {
            switch character {
            case 0x20, 0x0A, 0x0D, 0x09: continue
            case UInt8(ascii: "="): padding += 1
            default:
                guard padding == 0, let value = value(of: character) else { return nil }
                bits = bits << 6 | UInt32(value)
                count += 1
                if count % 4 == 0 {
                    for shift: UInt32 in [16, 8, 0] {
                        bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
                    }
                    bits = 0
                }
            }
        }
        let rest = count % 4
        guard rest != 1, padding == 0 || rest > 0 && padding == 4 - rest else { return nil }
        if rest == 2 { bytes.append(UInt8(truncatingIfNeeded: bits >> 4)) }
        if rest == 3 {
            bytes.append(UInt8(truncatingIfNeeded: bits >> 10))
            bytes.append(UInt8(truncatingIfNeeded: bits >> 2))
        }
        return bytes
    }

    private static func value(of character: UInt8) -> UInt8? {
        switch character {
        case 0x41...0x5A: character - 0x41
        case 0x61...0x7A: character - 0x61 + 26
        case 0x30...0x39: character - 0x30 + 52
        case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
        case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
