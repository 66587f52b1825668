/// Which servers load may be sent to.
///
/// Layers narrow each other: a target must pass all of them. In each, the deny list wins over the
/// allow list, and an allow list that is not empty is all that is allowed. The special addresses
/// (`SpecialRange`) need an entry of the first layer that lies within their range, and one of every
/// further layer that has an allow list; without any layer they are all refused.
package struct TargetRules: Equatable, Sendable {
    package struct Layer: Equatable, Sendable {
        /// Whose rules they are, such as `tenant red`.
        package let owner: String
        package let allow: [TargetPattern]
        package let deny: [TargetPattern]

        package init(owner: String, allow: [TargetPattern] = [], deny: [TargetPattern] = []) {
            (self.owner, self.allow, self.deny) = (owner, allow, deny)
        }
    }

    package let layers: [Layer]

    package init(_ layers: [Layer] = []) {
        self.layers = layers
    }

    /// Why load may not be sent to this address of the server; a part of a sentence with the rule
    /// in it. Nil where it may.
    package func refusal(of address: IPAddress, for server: TargetServer) -> String? {
        let written = server.host == .address(address) ? "" : "leads to \(address), which "
        let carried = address.embedded
        for layer in layers {
            if let rule = layer.denial(of: address, carried, for: server) {
                return "\(written)is denied by the rule \(rule) of \(layer.owner)"
            }
        }
        for form in [address] + carried {
            guard let text = refusal(ofSpecial: form, for: server) else { continue }
            let place = form == address ? written : "leads to \(form) through \(address), which "
            return place + text
        }
        for layer in layers where !layer.allow.isEmpty {
            guard layer.allows(address, of: server) else {
                return "\(written)is not in the allow list of \(layer.owner)"
            }
        }
        return nil
    }

    /// Why load may not be sent to a server whose addresses nobody can tell; nil where its name
    /// is allowed as such.
    package func refusalUnresolved(_ server: TargetServer) -> String? {
        if let (rule, layer) = denialByName(server) {
            return "is denied by the rule \(rule) of \(layer.owner)"
        }
        let lists = layers.filter { !$0.allow.isEmpty }
        let isNamed = lists.allSatisfy { layer in
            layer.allow.contains { $0.includes(port: server.port) && $0.names(server.host) }
        }
        guard !lists.isEmpty, isNamed else {
            return "has no address that could be checked; an allow list that names the host "
                + "permits it all the same"
        }
        return nil
    }

    private func denialByName(_ server: TargetServer) -> (TargetPattern, Layer)? {
        for layer in layers {
            if let rule = layer.denialByName(of: server) { return (rule, layer) }
        }
        return nil
    }

    private func refusal(ofSpecial address: IPAddress, for server: TargetServer) -> String? {
        guard let special = SpecialRange.containing(address) else { return nil }
        let text = "is \(special.name) (\(special.range))"
        guard !layers.isEmpty else { return "\(text), and nothing allows those" }
        for (index, layer) in layers.enumerated() where index == 0 || !layer.allow.isEmpty {
            let isNamed = layer.allow.contains { pattern in
                guard case .range(let range) = pattern.place else { return false }
                return pattern.includes(port: server.port) && range.contains(address)
                    && special.range.contains(range)
            }
            guard isNamed else {
                return "\(text), which the allow list of \(layer.owner) does not name"
            }
        }
        return nil
    }
}

extension TargetRules.Layer {
    fileprivate func denialByName(of server: TargetServer) -> TargetPattern? {
        deny.first { rule in
            rule.includes(port: server.port) && (rule.place == .anything || rule.names(server.host))
        }
    }

    fileprivate func denial(
        of address: IPAddress, _ carried: [IPAddress], for server: TargetServer
    ) -> TargetPattern? {
        denialByName(of: server)
            ?? deny.first { rule in
                rule.includes(port: server.port)
                    && (rule.contains(address) || carried.contains { rule.contains($0) })
            }
    }

    fileprivate func allows(_ address: IPAddress, of server: TargetServer) -> Bool {
        allow.contains { rule in
            rule.includes(port: server.port)
                && (rule.place == .anything || rule.names(server.host) || rule.contains(address))
        }
    }
}
