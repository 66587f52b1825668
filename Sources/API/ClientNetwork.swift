import Addresses

/// Whom an address stands for, where callers are counted by it.
enum ClientNetwork {
    /// Bits of an IPv6 network of which every host has all addresses for itself.
    private static let hostsNetworkLength = 64

    /// What one client cannot leave at will. What is no address is one that nobody else has.
    static func text(of address: String) -> String {
        // The kernel names the interface of a link-local address behind a `%`.
        guard let known = IPAddress(address.prefix { $0 != "%" }) else { return address }
        return known.family == .v4
            ? known.description : known.masked(toPrefix: hostsNetworkLength).description
    }
}
