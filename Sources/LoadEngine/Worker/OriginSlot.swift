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

    /// Asks the system's resolver and waits for it.
    init(resolving origin: Origin) {
        self.origin = origin
        serverName = TLSServerName(origin.host)
        do throws(ResolveError) {
            addresses = try Resolver.addressesBlocking(of: origin.host, port: origin.port)
            fault = nil
        } catch {
            addresses = []
            fault = error.description
        }
    }
}

extension LoadPlan {
    var followsRedirects: Bool { connections.redirectsMax > 0 }
}
