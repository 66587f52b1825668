import Glibc
import Networking

/// Where to listen, with how many threads, within which limits.
package struct ServerConfiguration: Sendable {
    /// A name or a numeric address, IPv4 or IPv6: `127.0.0.1`, `::`, `localhost`.
    package var host: String
    /// 0 takes any free port; `start()` says which.
    package var port: Int
    /// Event loops, each a thread; handlers run elsewhere.
    package var threads: Int
    package var limits: ServerLimits
    /// Nil for plain HTTP.
    package var tls: TLSServerContext?
    package var proxies: TrustedProxies

    package init(
        host: String = "127.0.0.1", port: Int = 0, threads: Int = Self.coreCount,
        limits: ServerLimits = ServerLimits(), tls: TLSServerContext? = nil,
        proxies: TrustedProxies = .none
    ) {
        self.host = host
        self.port = port
        self.threads = threads
        self.limits = limits
        self.tls = tls
        self.proxies = proxies
    }

    /// The cores that are online, at least one.
    package static var coreCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
