import Addresses
import HTTP

/// Whose word is taken for where a request comes from, which anybody can write into a field.
package struct TrustedProxies: Equatable, Sendable {
    /// The field that the proxies set. Only one is read: a proxy that sets one of them passes on
    /// what a client has written into the other.
    package enum Field: String, CaseIterable, Sendable {
        /// With `X-Forwarded-Proto`; what nginx, HAProxy and the clouds' balancers usually set.
        case xForwardedFor = "X-Forwarded-For"
        /// RFC 7239.
        case forwarded = "Forwarded"
    }

    /// Where a request began.
    struct Client: Equatable {
        /// Numeric, without the port.
        let address: String
        /// Whether it was sent by TLS; nil where the proxy does not say.
        let isSecure: Bool?
    }

    package static let none = TrustedProxies([])

    /// Longest chain that is followed. What stands further left was written by the client, which
    /// may write as many as a head has room for.
    private static let hopsMax = 32

    private let ranges: [AddressRange]
    private let field: Field

    package init(_ ranges: [AddressRange], by field: Field = .xForwardedFor) {
        self.ranges = ranges
        self.field = field
    }

    /// Who has sent what `peer` has handed on; nil where that is the peer itself, or nobody whose
    /// word counts.
    ///
    /// Each proxy adds whom it was asked by at the right. So the client is the first from there
    /// that is no proxy of ours; what stands left of it has been written by the client.
    func client(of headers: HeaderFields, from peer: String) -> Client? {
        guard !ranges.isEmpty, isTrusted(Self.address(of: peer)) else { return nil }
        var found: Client?
        for hop in hops(in: headers).reversed() {
            guard let address = hop.address else { break }
            found = Client(address: address.description, isSecure: hop.isSecure)
            guard isTrusted(address) else { break }
        }
        return found
    }

    private func isTrusted(_ address: IPAddress?) -> Bool {
        guard let address else { return false }
        return ranges.contains { $0.contains(address) }
    }

    // MARK: Fields

    /// Whom a proxy was asked by.
    private struct Hop {
        /// Nil for one that it did not tell, or that cannot be read.
        let address: IPAddress?
        let isSecure: Bool?
    }

    private func hops(in headers: HeaderFields) -> [Hop] {
        // Also at commas within quotes, of which no proxy writes any: a quote that the client has
        // left open must not take in what the proxy has added behind it.
        let items = Self.items(of: field.rawValue, in: headers).suffix(Self.hopsMax)
        switch field {
        case .xForwardedFor:
            // Of the last proxy, as that sets it for all.
            let scheme = Self.items(of: "X-Forwarded-Proto", in: headers).last
            return items.map {
                Hop(address: Self.address(in: $0), isSecure: Self.isSecure(scheme))
            }
        case .forwarded:
            return items.map { item in
                let parameters = ForwardedElement.parameters(of: item)
                return Hop(
                    address: parameters?["for"].flatMap { Self.address(in: $0) },
                    isSecure: Self.isSecure(parameters?["proto"]))
            }
        }
    }

    private static func items(of name: String, in headers: HeaderFields) -> [String] {
        headers.values(name).flatMap { value in
            value.split(separator: ",", omittingEmptySubsequences: false).map { item in
                String(item.drop(while: isBlank).reversed().drop(while: isBlank).reversed())
            }
        }
    }

    private static func isBlank(_ character: Character) -> Bool {
        character == " " || character == "\t"
    }

    private static func isSecure(_ scheme: String?) -> Bool? {
        scheme.map { $0.lowercased() == "https" }
    }

    /// Of `192.0.2.60`, `192.0.2.60:4711`, `2001:db8::17`, `[2001:db8::17]:4711`.
    private static func address(in text: String) -> IPAddress? {
        if text.hasPrefix("[") {
            let parts = text.dropFirst().split(
                separator: "]", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[1].isEmpty || parts[1].hasPrefix(":"),
                parts[0].contains(":")
            else { return nil }
            return address(of: parts[0])
        }
        let colons = text.count { $0 == ":" }
        return address(of: colons == 1 ? text.prefix { $0 != ":" } : text[...])
    }

    /// The kernel names the interface of a link-local address behind a `%`.
    private static func address(of text: some StringProtocol) -> IPAddress? {
        IPAddress(text.prefix { $0 != "%" })
    }
}
