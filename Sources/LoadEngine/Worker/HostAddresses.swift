import Networking

/// Whom to ask for the addresses of a host; waits until there is an answer.
struct HostAddresses: Sendable {
    let find: @Sendable (_ host: String, _ port: Int) throws(ResolveError) -> [SocketAddress]

    static let system = HostAddresses { host, port throws(ResolveError) in
        try Resolver.addressesBlocking(of: host, port: port)
    }
}
