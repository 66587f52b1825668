extension IPAddress {
    /// The IPv4 addresses that packets to this IPv6 address may end up at: a rule for one of them
    /// must not be passed by writing it in another way.
    package var embedded: [IPAddress] {
        guard family == .v6 else { return [] }
        let low = IPAddress(v4: UInt32(truncatingIfNeeded: bits))
        switch bits >> 32 {
        // IPv4-compatible (RFC 4291, section 2.5.5.1); `::` and `::1` are none.
        case 0 where bits > 1: return [low]
        // IPv4-translated (RFC 2765, section 2.1).
        case 0xFFFF_0000: return [low]
        // NAT64 with the well-known prefix 64:ff9b::/96 (RFC 6052, section 2.1).
        case 0x0064_FF9B << 64: return [low]
        default: break
        }
        // 6to4 (RFC 3056, section 2).
        if bits >> 112 == 0x2002 {
            return [IPAddress(v4: UInt32(truncatingIfNeeded: bits >> 80))]
        }
        // Teredo: its server, and its client with all bits turned (RFC 4380, section 4).
        if bits >> 96 == 0x2001_0000 {
            return [
                IPAddress(v4: UInt32(truncatingIfNeeded: bits >> 64)),
                IPAddress(v4: ~UInt32(truncatingIfNeeded: bits)),
            ]
        }
        // ISATAP, behind any prefix (RFC 5214, section 6.1).
        let mark = UInt32(truncatingIfNeeded: bits >> 32)
        return mark == 0x0000_5EFE || mark == 0x0200_5EFE ? [low] : []
    }
}
