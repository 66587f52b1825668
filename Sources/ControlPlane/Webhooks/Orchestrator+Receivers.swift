import Addresses

extension Orchestrator {
    /// Why a webhook may not be sent to this URL; nil where it may, and where its name leads
    /// nowhere yet, because each delivery asks again.
    ///
    /// - Parameter hosts: with threads of its own: starts wait for those of the orchestrator.
    package nonisolated func receiverFault(
        of url: String, tenantID: String, envID: String?, by hosts: any HostLookup
    ) async -> String? {
        let server: TargetServer
        do {
            server = try TargetServer(url: url)
        } catch {
            return error.message
        }
        let rules = await currentCatalog.receiverRules(tenantID: tenantID, envID: envID)
        var addresses: [IPAddress] = []
        switch server.host {
        case .address(let address): addresses = [address]
        case .name(let name):
            // Without an address there is nothing to refuse now.
            addresses = (try? await hosts.addresses(of: name, within: TargetCheck.lookupMax)) ?? []
        }
        let refusal = addresses.lazy.compactMap { rules.receiverRefusal(of: $0, for: server) }.first
        return refusal.map { "names \(server), which \($0)" }
    }
}
