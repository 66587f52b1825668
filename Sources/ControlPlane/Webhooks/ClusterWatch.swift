import Foundation

/// Notes in the store which clusters answer and which do not any more, so that their loss is told
/// of once, whichever process sees it.
package actor ClusterWatch {
    /// What answers again sooner was not lost, but busy or restarted.
    package static let graceMax = Duration.seconds(30)
    private static let lookInterval = Duration.seconds(2)

    private let store: any WebhookStore
    private let statuses: @Sendable () async -> [ClusterStatus]
    private let time: any TimeSource
    /// By cluster: whether the store knows it as one that answers.
    private var noted: [String: Bool] = [:]
    private var silentSince: [String: Duration] = [:]

    /// - Parameter statuses: how the clusters were found last.
    package init(
        _ store: any WebhookStore, time: any TimeSource,
        statuses: @escaping @Sendable () async -> [ClusterStatus]
    ) {
        self.store = store
        self.time = time
        self.statuses = statuses
    }

    /// Watches until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            for status in await statuses() { await look(at: status) }
            do { try await time.sleep(for: Self.lookInterval) } catch { return }
        }
    }

    private func look(at status: ClusterStatus) async {
        let id = status.cluster.id
        guard let isReachable = status.isReachable else { return }
        guard !isReachable else {
            silentSince[id] = nil
            return await note(status.cluster, lostBy: nil)
        }
        let since = silentSince[id] ?? time.uptime
        silentSince[id] = since
        guard time.uptime >= since + Self.graceMax else { return }
        await note(status.cluster, lostBy: status.lastError?.message ?? "it does not answer")
    }

    private func note(_ cluster: Cluster, lostBy cause: String?) async {
        guard noted[cluster.id] != (cause == nil) else { return }
        do throws(ControlPlaneError) {
            try await store.noteCluster(cluster, lostBy: cause, at: time.now)
            noted[cluster.id] = cause == nil
        } catch {
            // The next look tries again; the store itself says what is wrong with it.
        }
    }
}
