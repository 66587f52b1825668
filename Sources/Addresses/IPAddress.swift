/// An IPv4 or IPv6 address.
///
/// An IPv4-mapped IPv6 address (RFC 4291, section 2.5.5.2) is the IPv4 address: the kernel connects
/// to that one, so nobody may tell them apart.
package struct IPAddress: Hashable, Sendable {
    package enum Family: Sendable {
        case v4
        case v6

        /// Bits of an address.
        package var width: Int { self == .v4 ? 32 : 128 }
    }

    package let family: Family
    /// The address as a number; an IPv4 address has the low 32 bits.
    let bits: UInt128

    init(v4 bits: UInt32) {
        (family, self.bits) = (.v4, UInt128(bits))
    }

    init(v6 bits: UInt128) {
        let isMapped = bits >> 32 == 0xFFFF
        (family, self.bits) = isMapped ? (.v4, bits & 0xFFFF_FFFF) : (.v6, bits)
    }

    /// - Parameter bytes: 4 or 16, in network order; nil for any other number of them.
    package init?(bytes: some Collection<UInt8>) {
        let bits = bytes.reduce(into: UInt128(0)) { $0 = $0 << 8 | UInt128($1) }
        switch bytes.count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: bits))
        case 16: self.init(v6: bits)
        default: return nil
        }
    }

    /// The first address of those that begin with the same bits.
    ///
    /// - Parameter length: 0 to the width of the address.
    package func masked(toPrefix length: Int) -> IPAddress {
        let rest = family.width - length
        let first = (bits >> rest) << rest
        return family == .v4 ? IPAddress(v4: UInt32(first)) : IPAddress(v6: first)
    }
}

extension IPAddress {
    /// Reads four decimal numbers without leading zeros, or the text of RFC 4291, section 2.2.
    /// What the C library takes beyond that (`127.1`, `0x7f.1`, `fe80::1%eth0`) is refused.
    package init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        if bytes.contains(UInt8(ascii: ":")) {
            guard let bits = Self.v6Bits(bytes[...]) else { return nil }
            self.init(v6: bits)
        } else {
            guard let bits = Self.v4Bits(bytes[...]) else { return nil }
            self.init(v4: bits)
        }
    }

    private static func v4Bits(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ 0x30...0x39 ~= $0 }),
                part.count == 1 || part.first != UInt8(ascii: "0")
            else { return nil }
            let number = part.reduce(into: UInt32(0)) { $0 = $0 * 10 + UInt32($1 - 0x30) }
            guard number <= 255 else { return nil }
            bits = bits << 8 | number
        }
        return bits
    }

    private static func v6Bits(_ text: ArraySlice<UInt8>) -> UInt128? {
        guard let gap = gap(in: text) else {
            guard let groups = groups(text, mayEndInV4: true), groups.count == 8 else { return nil }
            return bits(groups)
        }
        guard let head = groups(text[..<gap], mayEndInV4: false),
            let tail = groups(text[(gap + 2)...], mayEndInV4: true),
            head.count + tail.count <= 7
        else { return nil }
        let zeros = [UInt16](repeating: 0, count: 8 - head.count - tail.count)
        return bits(head + zeros + tail)
    }

    private static func bits(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(into: 0) { $0 = $0 << 16 | UInt128($1) }
    }

    /// Where `::` begins. A second one makes a group that is empty, which is refused.
    private static func gap(in text: ArraySlice<UInt8>) -> Int? {
        text.indices.dropLast().first {
            text[$0] == UInt8(ascii: ":") && text[$0 + 1] == UInt8(ascii: ":")
        }
    }

    private static func groups(_ text: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt16]? {
        guard !text.isEmpty else { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (index, part) in parts.enumerated() {
            if mayEndInV4, index == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let bits = v4Bits(part) else { return nil }
                groups += [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
            } else {
                guard (1...4).contains(part.count) else { return nil }
                var group: UInt16 = 0
                for byte in part {
                    guard let digit = hexadecimalValue(byte) else { return nil }
                    group = group << 4 | UInt16(digit)
                }
                groups.append(group)
            }
        }
        return groups
    }

    private static func hexadecimalValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// As RFC 5952 writes it.
    package var description: String {
        switch family {
        case .v4:
            (0..<4).reversed().map { String(bits >> (8 * $0) & 0xFF) }.joined(separator: ".")
        case .v6:
            Self.text(of: (0..<8).reversed().map { UInt16(truncatingIfNeeded: bits >> (16 * $0)) })
        }
    }

    private static func text(of groups: [UInt16]) -> String {
        func text(_ groups: some Sequence<UInt16>) -> String {
            groups.map { String($0, radix: 16) }.joined(separator: ":")
        }
        // The first of the longest runs of two zeros or more is written as `::`.
        var longest = 0..<0
        var start: Int?
        for index in 0...groups.count {
            if index < groups.count, groups[index] == 0 {
                start = start ?? index
            } else if let first = start {
                if index - first > max(longest.count, 1) { longest = first..<index }
                start = nil
            }
        }
        guard !longest.isEmpty else { return text(groups) }
        return text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}
