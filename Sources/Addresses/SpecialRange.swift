/// Addresses that lead to the machine itself, to its neighbours, or to what a cloud tells only its
/// own machines. Load against them is usually an attack on the generator's network, so that only a
/// rule which names them permits it.
package struct SpecialRange: Equatable, Sendable {
    /// With its article, as a part of a sentence.
    package let name: String
    package let range: AddressRange

    /// The narrowest that `address` is in: who allows all link-local addresses has not thought of
    /// the metadata service among them.
    package static func containing(_ address: IPAddress) -> SpecialRange? {
        all.filter { $0.range.contains(address) }.max {
            $0.range.prefixLength < $1.range.prefixLength
        }
    }

    package static let all: [SpecialRange] = [
        // RFC 1122, section 3.2.1.3; Linux connects to itself for 0.0.0.0.
        ("an unspecified address", "0.0.0.0/8"), ("the unspecified address", "::"),
        ("a loopback address", "127.0.0.0/8"), ("the loopback address", "::1"),
        ("a link-local address", "169.254.0.0/16"), ("a link-local address", "fe80::/10"),
        // RFC 3879 has given them up; where they are still routed they are somebody's inside.
        ("a site-local address", "fec0::/10"),
        ("a multicast address", "224.0.0.0/4"), ("a multicast address", "ff00::/8"),
        // RFC 1112, section 4, and the limited broadcast.
        ("a reserved address", "240.0.0.0/4"),
        // RFC 8215: which IPv4 address is meant only that network's translator knows.
        ("an address of a local NAT64", "64:ff9b:1::/48"),
        // Amazon, Google, Azure and most others; Amazon's containers and pods.
        ("a metadata address", "169.254.169.254"), ("a metadata address", "169.254.170.2"),
        ("a metadata address", "169.254.170.23"), ("a metadata address", "fd00:ec2::/32"),
        // Google by IPv6, Scaleway, Azure's host, Alibaba, Oracle.
        ("a metadata address", "fd20:ce::254"), ("a metadata address", "fd00:42::42"),
        ("a metadata address", "168.63.129.16"), ("a metadata address", "100.100.100.200"),
        ("a metadata address", "192.0.0.192"),
    ].compactMap { name, text in
        // All of them are ranges, as a test sees to.
        (try? AddressRange(text)).map { SpecialRange(name: name, range: $0) }
    }
}
