extension TargetRules {
    /// Networks of which every organisation has its own (RFC 1918, RFC 6598, RFC 4193). Load on
    /// them is the usual case; what is sent elsewhere on a tenant's behalf, with an answer that the
    /// tenant is shown, could look into them.
    static let privateRanges = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7",
    ].compactMap {
        // All of them are ranges, as a test sees to.
        try? AddressRange($0)
    }

    /// Why a notice may not be sent to this address of the server; nil where it may. As for load,
    /// and private addresses need an entry of some layer that lies within their range, too.
    package func receiverRefusal(of address: IPAddress, for server: TargetServer) -> String? {
        if let refusal = refusal(of: address, for: server) { return refusal }
        for form in [address] + address.embedded {
            guard let network = Self.privateRanges.first(where: { $0.contains(form) }) else {
                continue
            }
            let isNamed = layers.lazy.flatMap(\.allow).contains { pattern in
                guard case .range(let range) = pattern.place else { return false }
                return pattern.includes(port: server.port) && range.contains(form)
                    && network.contains(range)
            }
            guard isNamed else {
                let written = server.host == .address(form) ? "" : "leads to \(form), which "
                return "\(written)is a private address (\(network)), which no allow list names"
            }
        }
        return nil
    }
}
