import Foundation

/// How this service proves to a Locust master, or to the proxy in front of it, who it is.
package enum ClusterCredentials: Hashable, Sendable, Codable {
    case token(String)
    case password(user: String, password: String)
}

/// Credentials that were set by a request, instead of those in the configuration.
package struct StoredCredentials: Equatable, Sendable {
    /// Nil where none of the configured keys opens them.
    package let credentials: ClusterCredentials?
    package let setAt: Date
    package let setBy: String

    package init(_ credentials: ClusterCredentials?, at date: Date, by actor: String) {
        self.credentials = credentials
        setAt = date
        setBy = actor
    }
}

/// The port to stored credentials, which are encrypted there.
package protocol CredentialStore: Sendable {
    /// Replaces a cluster's credentials.
    ///
    /// - Returns: a number that grows with each change of any cluster's, in the order in which the
    ///   changes were stored.
    /// - Throws: `.noEncryptionKey` where the store has no key to encrypt with.
    func setCredentials(
        _ credentials: ClusterCredentials, of cluster: Cluster, by actor: String, at now: Date
    ) async throws(ControlPlaneError) -> Int

    /// Goes back to the configuration's; no mistake where there are no others.
    func deleteCredentials(of cluster: Cluster, at now: Date) async throws(ControlPlaneError)
        -> Int

    /// All that are stored, by cluster.
    func credentials() async throws(ControlPlaneError) -> [String: StoredCredentials]
}
