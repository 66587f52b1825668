import API
import ControlPlane
import History
import Logging
import Webhooks

/// Puts together what delivers notices.
struct WebhookDelivery: Sendable {
    private let dispatcher: WebhookDispatcher
    private let clusters: ClusterWatch
    private let senders: NoticeSenders

    init(
        _ configuration: Configuration, _ history: HistoryStore, _ orchestrator: Orchestrator,
        time: SystemTime, logger: Logger
    ) {
        // Links go to many people: no address with a password in it.
        let publicURL = configuration.server.publicURL
        // Other threads than those that look up what load is sent to: one who waits for a silent
        // name server keeps nobody from starting a run.
        senders = NoticeSenders(
            hosts: SystemHostLookup(),
            publicURL: ShownURL.secret(in: publicURL) == nil ? publicURL : "",
            caFile: configuration.webhookAuthorityFile, smtp: configuration.smtp,
            version: Version.text, time: time
        ) { webhook in
            let catalog = await orchestrator.currentCatalog
            guard catalog.tenant(webhook.tenantID) != nil else { return nil }
            return catalog.receiverRules(tenantID: webhook.tenantID, envID: webhook.envID)
        }
        dispatcher = WebhookDispatcher(history, senders, time: time, logger: logger)
        clusters = ClusterWatch(history, time: time) { await orchestrator.knownClusters() }
    }

    var meters: WebhookMeters { dispatcher.meters }

    /// Reads the files of receivers' authorities anew, when they are next needed.
    func forgetTLSFiles() { senders.forgetTLSFiles() }

    /// Delivers until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await dispatcher.run() }
            group.addTask { await clusters.run() }
        }
    }
}

extension Configuration {
    var mailRules: MailRules { smtp.map { MailRules(allows: $0.allows) } ?? MailRules() }
}
