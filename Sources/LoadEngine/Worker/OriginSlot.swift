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
    let serverName: TLSServerName

    /// One whose host has these addresses, without asking anybody.
    init(_ origin: Origin, addresses: [SocketAddress], fault: String? = nil) {
        self.origin = origin
        self.addresses = addresses
        self.fault = fault
        serverName = TLSServerName(origin.host)
    }

    /// Asks the system's resolver and waits for it.
    init(resolving origin: Origin) {
        do throws(ResolveError) {
            self.init(
                origin,
                addresses: try Resolver.addressesBlocking(of: origin.host, port: origin.port))
        } catch {
            self.init(origin, addresses: [], fault: error.description)
        }
    }
}

extension LoadPlan {
    var followsRedirects: Bool { connections.redirectsMax > 0 }
}
