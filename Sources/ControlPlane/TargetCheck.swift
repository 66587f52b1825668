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

    /// - Returns: what the rules do not allow, and the servers with their addresses.
    func look(at targets: [NamedTarget]) async -> (
        faults: [TargetFault], servers: [CheckedServer]
    ) {
        var (servers, faults) = Self.servers(of: targets)
        guard servers.count <= Self.serversMax else {
            let text = "is one of more than \(Self.serversMax) servers"
            return ([Self.fault(servers[Self.serversMax].target, text)], [])
        }
        let end = time.uptime + Self.lookupsMax
        var checked: [CheckedServer] = []
        while !servers.isEmpty {
            let part = servers.prefix(Self.lookupsAtOnce)
            servers.removeFirst(part.count)
            for (entry, answer) in zip(part, await answers(for: part.map(\.server), until: end)) {
                checked.append(CheckedServer(entry.server, addresses: answer.addresses))
                guard let refusal = answer.refusal else { continue }
                faults.append(
                    Self.fault(entry.target, "names \(entry.server), which \(refusal)"))
            }
        }
        return (faults, checked)
    }

    private typealias Answer = (addresses: [IPAddress], refusal: String?)

    /// Each server once, with the first place that names it.
    private static func servers(of targets: [NamedTarget]) -> (
        servers: [(server: TargetServer, target: NamedTarget)], faults: [TargetFault]
    ) {
        var servers: [(server: TargetServer, target: NamedTarget)] = []
        var known: Set<TargetServer> = []
        var faults: [TargetFault] = []
        for target in targets {
            do throws(TargetHost.Fault) {
                let server = try TargetServer(url: target.url)
                if known.insert(server).inserted { servers.append((server, target)) }
            } catch {
                faults.append(fault(target, error.message))
            }
        }
        return (servers, faults)
    }

    /// In the order of `servers`.
    private func answers(for servers: [TargetServer], until end: Duration) async -> [Answer] {
        await withTaskGroup(of: (Int, Answer).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask { (index, await answer(for: server, until: end)) }
            }
            var answers = [Answer](repeating: ([], nil), count: servers.count)
            for await (index, answer) in group { answers[index] = answer }
            return answers
        }
    }

    private func answer(for server: TargetServer, until end: Duration) async -> Answer {
        let addresses: [IPAddress]
        switch server.host {
        case .address(let address): addresses = [address]
        case .name(let name):
            do throws(HostLookupFailure) {
                addresses = try await hosts.addresses(
                    of: name, within: max(.zero, min(Self.lookupMax, end - time.uptime)))
            } catch {
                return ([], rules.refusalUnresolved(server).map { "\($0) (\(error.cause))" })
            }
        }
        let refusals = addresses.lazy.compactMap { rules.refusal(of: $0, for: server) }
        return (addresses, refusals.first)
    }

    private static func fault(_ target: NamedTarget, _ text: String) -> TargetFault {
        TargetFault(
            pointer: target.pointer, message: (target.line.map { "line \($0): " } ?? "") + text)
    }
}
