import Addresses
import Networking

/// An origin with what connecting to it needs.
struct OriginSlot: Sendable {
    /// Most origins that redirects may add to those of the program.
    static let redirectedMax = 4

    let origin: Origin
    /// Empty where the host has none.
    let addresses: [SocketAddress]
    /// Why there is no address.
    let fault: String?
    /// Why no connection may be made: the rules refuse the server, or one of its addresses. A name
    /// that leads to what is refused is not to be trusted with its other addresses.
    let refusal: String?
    let serverName: TLSServerName

    /// One whose host has these addresses, without asking anybody.
    init(
        _ origin: Origin, addresses: [SocketAddress], fault: String? = nil,
        rules: TargetRules? = nil
    ) {
        self.origin = origin
        self.addresses = addresses
        self.fault = fault
        refusal = rules.flatMap { Self.refusal(of: origin, addresses, by: $0) }
        serverName = TLSServerName(origin.host)
    }

    /// Asks for the addresses and waits for them. What is checked here is what is connected to: no
    /// later answer to the same question can slip in between.
    init(resolving origin: Origin, for plan: LoadPlan) {
        do throws(ResolveError) {
            self.init(
                origin, addresses: try plan.hosts.find(origin.host, origin.port),
                rules: plan.targets)
        } catch {
            self.init(origin, addresses: [], fault: error.description)
        }
    }

    var isUsable: Bool { !addresses.isEmpty && refusal == nil }

    private static func refusal(
        of origin: Origin, _ addresses: [SocketAddress], by rules: TargetRules
    ) -> String? {
        let server: TargetServer
        do throws(TargetHost.Fault) {
            server = TargetServer(host: try TargetHost(origin.host), port: origin.port)
        } catch {
            return "\(origin.authority) \(error.message)"
        }
        for address in addresses {
            guard let known = IPAddress(bytes: address.addressBytes) else {
                return "\(server) has an address that is neither IPv4 nor IPv6"
            }
            if let text = rules.refusal(of: known, for: server) { return "\(server) \(text)" }
        }
        return nil
    }
}

extension LoadPlan {
    var followsRedirects: Bool { connections.redirectsMax > 0 }
}
