import Glibc

/// The address of a client, read from what a socket or a proxy says.
package struct ClientAddress: Hashable, Sendable {
    /// In network order; an IPv4 address is mapped into IPv6 (RFC 4291, section 2.5.5.2), as the
    /// kernel does it too.
    private let bits: UInt128

    private static let mapped = UInt128(0xFFFF) << 32
    private static let mappedLength = 96
    private static let width = 128

    private init(bits: UInt128) {
        self.bits = bits
    }

    /// Reads a numeric address; nil for anything else, names and ports included.
    package init?(_ text: some StringProtocol) {
        var (four, six) = (in_addr(), in6_addr())
        // The kernel names the interface of a link-local address behind a `%`.
        let text = String(text.prefix { $0 != "%" })
        guard !text.utf8.contains(0) else { return nil }  // Where the C library stops reading.
        if inet_pton(AF_INET, text, &four) == 1 {
            bits = Self.mapped | UInt128(UInt32(bigEndian: four.s_addr))
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            bits = withUnsafeBytes(of: &six) { bytes in bytes.reduce(0) { $0 << 8 | UInt128($1) } }
        } else {
            return nil
        }
    }

    private var isIPv4: Bool { bits & ~UInt128(UInt32.max) == Self.mapped }

    /// What one client cannot leave at will: an IPv4 address, or an IPv6 network of 64 bits, of
    /// which every host has all addresses for itself.
    package var network: ClientAddress {
        isIPv4 ? self : ClientAddress(bits: bits & ~UInt128(UInt64.max))
    }
}

extension ClientAddress: CustomStringConvertible {
    /// As RFC 5952 writes it, so that one address has one text.
    package var description: String {
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        if isIPv4 {
            var four = in_addr(s_addr: UInt32(truncatingIfNeeded: bits).bigEndian)
            inet_ntop(AF_INET, &four, &text, socklen_t(text.count))
        } else {
            var bytes = bits.bigEndian
            inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
        }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension ClientAddress {
    /// Addresses with the same beginning, as `10.0.0.0/8` (RFC 4632, section 3.1).
    package struct Range: Equatable, Sendable {
        private let first: ClientAddress
        /// Bits that all of them share, of 128.
        private let length: Int

        /// Reads an address, or the first address of a range and the length of its prefix; nil for
        /// anything else, and where bits behind the prefix are set: `10.0.0.7/8` may have been
        /// meant as one address or as all.
        package init?(_ text: some StringProtocol) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard let address = ClientAddress(parts[0]), !parts[0].contains("%") else { return nil }
            first = address
            guard parts.count > 1 else {
                length = ClientAddress.width
                return
            }
            guard parts.count == 2, parts[1].allSatisfy({ $0.isASCII && $0.isNumber }),
                let given = Int(parts[1]), given <= ClientAddress.width
            else { return nil }
            length = given + (parts[0].contains(":") ? 0 : ClientAddress.mappedLength)
            guard length <= ClientAddress.width, Self.prefix(of: address, length) == address.bits
            else { return nil }
        }

        package func contains(_ address: ClientAddress) -> Bool {
            Self.prefix(of: address, length) == first.bits
        }

        private static func prefix(of address: ClientAddress, _ length: Int) -> UInt128 {
            // A shift by all bits gives 0.
            let rest = ClientAddress.width - length
            return (address.bits >> rest) << rest
        }
    }
}
