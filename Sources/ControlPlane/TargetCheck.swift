import Addresses

/// A server that a definition sends load to.
package struct NamedTarget: Equatable, Sendable {
    /// Absolute, of http or https.
    package let url: String
    /// JSON pointer into the definition, to where it stands.
    package let pointer: String
    /// Its line in a text that knows no pointers.
    package let line: Int?

    package init(url: String, pointer: String, line: Int? = nil) {
        self.url = url
        self.pointer = pointer
        self.line = line
    }
}

/// A server that a run may not send load to.
package struct TargetFault: Equatable, Sendable {
    /// JSON pointer into the run's definition.
    package let pointer: String
    /// The server and the rule, to be read behind the pointer.
    package let message: String
}

/// Whether the rules of an environment allow the servers of a definition, by all addresses that
/// their names have now.
struct TargetCheck {
    /// Far more servers than a scenario has; each may take a question to the name service.
    static let serversMax = 100
    static let lookupsAtOnce = 16
    /// For one name, and for all: nobody waits longer for the answer to a start.
    static let lookupMax = Duration.seconds(5)
    static let lookupsMax = Duration.seconds(8)

    let rules: TargetRules
    let hosts: any HostLookup
    let time: any TimeSource

    func faults(in targets: [NamedTarget]) async -> [TargetFault] {
        var faults: [TargetFault] = []
        var servers: [(server: TargetServer, target: NamedTarget)] = []
        for target in targets {
            do throws(TargetHost.Fault) {
                let server = try TargetServer(url: target.url)
                if !servers.contains(where: { $0.server == server }) {
                    servers.append((server, target))
                }
            } catch {
                faults.append(Self.fault(target, error.message))
            }
        }
        guard servers.count <= Self.serversMax else {
            let target = servers[Self.serversMax].target
            return [Self.fault(target, "is one of more than \(Self.serversMax) servers")]
        }
        let end = time.uptime + Self.lookupsMax
        var next = 0
        while next < servers.count {
            let part = servers[next..<min(next + Self.lookupsAtOnce, servers.count)]
            next = part.endIndex
            faults += await self.faults(of: part, until: end)
        }
        return faults
    }

    private func faults(
        of servers: ArraySlice<(server: TargetServer, target: NamedTarget)>, until end: Duration
    ) async -> [TargetFault] {
        await withTaskGroup(of: (Int, String?).self) { group in
            for (index, entry) in zip(servers.indices, servers) {
                group.addTask { (index, await refusal(of: entry.server, until: end)) }
            }
            var refusals: [Int: String] = [:]
            for await (index, refusal) in group { refusals[index] = refusal }
            return zip(servers.indices, servers).compactMap { index, entry in
                refusals[index].map {
                    Self.fault(entry.target, "names \(entry.server), which \($0)")
                }
            }
        }
    }

    private func refusal(of server: TargetServer, until end: Duration) async -> String? {
        let addresses: [IPAddress]
        switch server.host {
        case .address(let address): addresses = [address]
        case .name(let name):
            do throws(HostLookupFailure) {
                addresses = try await hosts.addresses(
                    of: name, within: max(.zero, min(Self.lookupMax, end - time.uptime)))
            } catch {
                return rules.refusalUnresolved(server).map { "\($0) (\(error.cause))" }
            }
        }
        for address in addresses {
            if let text = rules.refusal(of: address, for: server) { return text }
        }
        return nil
    }

    private static func fault(_ target: NamedTarget, _ text: String) -> TargetFault {
        TargetFault(
            pointer: target.pointer, message: (target.line.map { "line \($0): " } ?? "") + text)
    }
}
