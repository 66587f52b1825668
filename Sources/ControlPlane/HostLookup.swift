import Addresses

/// The port to the name service.
package protocol HostLookup: Sendable {
    /// The addresses that a name leads to from this machine; at least one.
    ///
    /// - Parameter limit: how long to wait.
    func addresses(of name: String, within limit: Duration) async throws(HostLookupFailure)
        -> [IPAddress]
}

/// Why a name has no addresses, in the words of who was asked.
package struct HostLookupFailure: Error, Equatable, Sendable {
    package let cause: String

    package init(_ cause: String) {
        self.cause = cause
    }
}
