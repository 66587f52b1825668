import Foundation
import Logging

/// The credentials that clusters were given by requests: stored encrypted, used at once, and never
/// shown.
package struct ClusterSecrets: Sendable {
    private let store: any CredentialStore
    private let drivers: any LoadDriverProvider
    private let masks: SecretRegistry
    private let time: any TimeSource
    private let logger: Logger

    /// - Parameter masks: what no line of the log shows.
    package init(
        _ store: any CredentialStore, drivers: any LoadDriverProvider, masks: SecretRegistry,
        time: any TimeSource, logger: Logger
    ) {
        self.store = store
        self.drivers = drivers
        self.masks = masks
        self.time = time
        self.logger = logger
    }

    /// Uses all that are stored. To be called at the start, before anything is asked of a cluster.
    package func load() async throws(ControlPlaneError) {
        for (cluster, stored) in try await store.credentials() {
            guard let credentials = stored.credentials else {
                logger.error(
                    "cluster credentials not used",
                    [
                        "clusterId": .string(cluster),
                        "cause": "no configured key opens them",
                        "remedy": "add their key to storage.previousKeys, or set them anew",
                    ])
                continue
            }
            masks.keep(credentials.secrets)
            // Before any change, which count from 1; what is loaded is the first of them all.
            drivers.use(credentials, of: cluster, revision: 1)
        }
    }

    package func set(_ credentials: ClusterCredentials, of cluster: Cluster, by actor: String)
        async throws(ControlPlaneError)
    {
        masks.keep(credentials.secrets)
        let revision = try await store.setCredentials(
            credentials, of: cluster, by: actor, at: time.now)
        drivers.use(credentials, of: cluster.id, revision: revision)
        logger.info(
            "cluster credentials set",
            ["clusterId": .string(cluster.id), "by": .string(actor)])
    }

    package func delete(of cluster: Cluster, by actor: String) async throws(ControlPlaneError) {
        let revision = try await store.deleteCredentials(of: cluster, at: time.now)
        drivers.use(nil, of: cluster.id, revision: revision)
        logger.info(
            "cluster credentials deleted",
            ["clusterId": .string(cluster.id), "by": .string(actor)])
    }

    /// What is stored of a cluster's; nil where those of the configuration are used.
    package func stored(of cluster: Cluster) async throws(ControlPlaneError) -> StoredCredentials? {
        try await store.credentials()[cluster.id]
    }
}

extension ClusterCredentials {
    /// What a log must not show.
    fileprivate var secrets: [String] {
        switch self {
        case .token(let token): [token]
        case .password(let user, let password):
            [password, Data("\(user):\(password)".utf8).base64EncodedString()]
        }
    }
}
