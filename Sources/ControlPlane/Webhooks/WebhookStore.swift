import Foundation

/// The port to webhooks and to what is on its way to them.
package protocol WebhookStore: Sendable {
    /// Rung after something was stored that is to be delivered.
    var outboxBell: OutboxBell { get }

    /// - Throws: `.noEncryptionKey`, `.tooManyWebhooks`.
    func insert(_ webhook: Webhook, _ secrets: WebhookSecrets) async throws(ControlPlaneError)

    func webhook(_ id: WebhookID, in scope: Scope) async throws(ControlPlaneError) -> Webhook?

    /// Newest first.
    func webhooks(_ query: WebhookQuery) async throws(ControlPlaneError) -> Page<Webhook>

    /// - Returns: what it has become.
    /// - Throws: `.unknownWebhook`, `.noEncryptionKey`.
    func change(
        _ id: WebhookID, in scope: Scope, to change: WebhookChange, by actor: String, at now: Date
    ) async throws(ControlPlaneError) -> Webhook

    /// Also what was on its way to it.
    func deleteWebhook(_ id: WebhookID, in scope: Scope, at now: Date)
        async throws(ControlPlaneError)

    /// Newest first.
    func deliveries(of webhook: WebhookID, _ page: PageRequest) async throws(ControlPlaneError)
        -> Page<Delivery>

    func delivery(_ id: DeliveryID, of webhook: WebhookID) async throws(ControlPlaneError)
        -> Delivery?

    /// The newest `Attempt.keptMax`, oldest first.
    func attempts(at delivery: DeliveryID) async throws(ControlPlaneError) -> [Attempt]

    /// Stores a notice for this webhook alone, whatever it is for.
    ///
    /// - Throws: `.outboxFull`.
    func enqueue(_ notice: Notice, as id: DeliveryID, for webhook: WebhookID)
        async throws(ControlPlaneError)

    /// Lets a delivery be tried at once, whatever has become of it.
    ///
    /// - Throws: `.unknownDelivery`, `.outboxFull`.
    func redeliver(_ id: DeliveryID, of webhook: WebhookID, at now: Date)
        async throws(ControlPlaneError)

    /// The deliveries to enabled webhooks whose time has come, the longest due first: of each
    /// webhook one, and none of a thing of which an earlier one waits.
    ///
    /// - Parameter busy: webhooks that are told something just now.
    func dueDeliveries(at now: Date, except busy: Set<WebhookID>, limit: Int)
        async throws(ControlPlaneError) -> [DueDelivery]

    /// When the next delivery of an enabled webhook is due; nil where none waits.
    func nextDelivery(except busy: Set<WebhookID>) async throws(ControlPlaneError) -> Date?

    /// Stores what became of an attempt, and what follows for the delivery and for the webhook.
    ///
    /// - Parameter nextAt: of a failure; nil gives the delivery up.
    /// - Returns: why the webhook is disabled from now on; nil where it is not.
    func record(
        _ attempt: Attempt, _ outcome: AttemptOutcome, of delivery: DeliveryID, nextAt: Date?
    ) async throws(ControlPlaneError) -> String?

    /// Notes how a cluster is. Whoever serves its environments is told when one is lost that had
    /// answered, also in an earlier process.
    func noteCluster(_ cluster: Cluster, lostBy cause: String?, at now: Date)
        async throws(ControlPlaneError)

    func webhookFigures() async throws(ControlPlaneError) -> WebhookFigures
}

package struct WebhookQuery: Equatable, Sendable {
    package let scope: Scope
    package let tenantID: String?
    package let page: PageRequest

    package init(scope: Scope, tenantID: String? = nil, page: PageRequest) {
        self.scope = scope
        self.tenantID = tenantID
        self.page = page
    }
}

/// A delivery with all that it takes to make it.
package struct DueDelivery: Sendable {
    package let delivery: Delivery
    package let webhook: Webhook
    /// Nil where no configured key opens them.
    package let secrets: WebhookSecrets?

    package init(_ delivery: Delivery, to webhook: Webhook, _ secrets: WebhookSecrets?) {
        self.delivery = delivery
        self.webhook = webhook
        self.secrets = secrets
    }
}

package struct WebhookFigures: Equatable, Sendable {
    package var pending = 0
    package var disabled = 0
    package var failing = 0
    package var dropped = 0

    package init() {}
}

/// Makes one attempt.
package protocol NoticeSender: Sendable {
    /// Ends promptly when its task is cancelled: the caller enforces the time limit that way.
    func send(_ delivery: DueDelivery) async -> AttemptOutcome
}

/// Wakes whoever delivers. To ring it is a lock, whoever listens.
package final class OutboxBell: Sendable {
    /// For one listener.
    package let rings: AsyncStream<Void>
    private let rung: AsyncStream<Void>.Continuation

    package init() {
        (rings, rung) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    package func ring() { rung.yield() }
}
