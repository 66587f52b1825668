import Addresses
import ControlPlane
import Networking
import Synchronization

/// Asks the system's resolver for the addresses of targets.
final class SystemHostLookup: HostLookup {
    /// A silent name server keeps each lookup's thread for half a minute, and a tenant may ask for
    /// as many starts as it likes.
    static let threadsMax = 64

    private let threads = Atomic(0)

    func addresses(of name: String, within limit: Duration) async throws(HostLookupFailure)
        -> [IPAddress]
    {
        guard threads.add(1, ordering: .relaxed).newValue <= Self.threadsMax else {
            threads.subtract(1, ordering: .relaxed)
            throw HostLookupFailure("too many names are being looked up; try again")
        }
        do throws(ResolveError) {
            let found = try await Resolver.addresses(of: name, port: 0, within: limit) {
                self.threads.subtract(1, ordering: .relaxed)
            }
            return found.compactMap { IPAddress(bytes: $0.addressBytes) }
        } catch {
            throw HostLookupFailure(error.reason)
        }
    }
}
