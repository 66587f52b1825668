import ControlPlane

extension Routes {
    /// For administrators of the tenant alone: what is delivered leaves the service, and the log
    /// of deliveries shows what receivers answer.
    static let webhooks: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/webhooks", permission: .administer,
            summary: "Have somebody told of what happens in a tenant; the signing secret is shown "
                + "in this answer and never again",
            body: Schemas.webhookInput,
            answers: [.init(201, "The webhook, with its secret", Schemas.newWebhook)],
            refusals: [
                .targetNotAllowed, .tooManyWebhooks, .noEncryptionKey, .noRandomNumbers,
            ],
            recall: WebhookHandlers.recall, keptForm: WebhookHandlers.withoutSecret,
            admission: .changes, audit: .action("webhook.create"),
            handler: WebhookHandlers.create),
        .init(
            method: "GET", path: "/v1/webhooks", permission: .administer,
            summary: "List the webhooks, newest first", query: Parameters.tokens,
            answers: [.init(200, "A page of webhooks", Schemas.webhookPage)],
            admission: .reads, audit: .none, handler: WebhookHandlers.list),
        .init(
            method: "GET", path: "/v1/webhooks/{id}", permission: .administer,
            summary: "Read a webhook, without its URL and its secret",
            answers: [.init(200, "The webhook", Schemas.webhook)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: WebhookHandlers.read),
        .init(
            method: "PUT", path: "/v1/webhooks/{id}", permission: .administer,
            summary: "Change a webhook; what the body leaves out stays as it is. Enabled again, "
                + "it is told what has waited for less than a day",
            body: Schemas.webhookChange,
            answers: [.init(200, "The webhook", Schemas.webhook)],
            refusals: [.notFound, .targetNotAllowed, .noEncryptionKey],
            admission: .changes, audit: .action("webhook.change"),
            handler: WebhookHandlers.change),
        .init(
            method: "DELETE", path: "/v1/webhooks/{id}", permission: .administer,
            summary: "Delete a webhook with its log, and what is on its way to it",
            answers: [.init(204, "Deleted")], refusals: [.notFound],
            admission: .changes, audit: .action("webhook.delete"),
            handler: WebhookHandlers.delete),
        .init(
            method: "POST", path: "/v1/webhooks/{id}/rotate-secret", permission: .administer,
            summary: "Make a new signing secret; the one before signs as well for a day",
            answers: [.init(200, "The webhook, with its new secret", Schemas.newWebhook)],
            refusals: [.notFound, .notSigned, .noEncryptionKey, .noRandomNumbers],
            admission: .changes, audit: .action("webhook.rotateSecret"),
            handler: WebhookHandlers.rotateSecret),
        .init(
            method: "POST", path: "/v1/webhooks/{id}/test", permission: .administer,
            summary: "Send a notice of the type webhook.test, whatever the webhook is for",
            answers: [.init(202, "The delivery, on its way", Schemas.delivery)],
            refusals: [.notFound, .outboxFull],
            admission: .changes, audit: .action("webhook.test"), handler: DeliveryHandlers.test),
        .init(
            method: "GET", path: "/v1/webhooks/{id}/deliveries", permission: .administer,
            summary: "List what was delivered, and what is to be, newest first",
            query: Parameters.page,
            answers: [.init(200, "A page of deliveries", Schemas.deliveryPage)],
            refusals: [.notFound],
            admission: .reads, audit: .none, handler: DeliveryHandlers.list),
        .init(
            method: "GET", path: "/v1/webhooks/{id}/deliveries/{deliveryId}",
            permission: .administer,
            summary: "Read a delivery with its contents and its attempts",
            answers: [.init(200, "The delivery", Schemas.deliveryWithAttempts)],
            refusals: [.notFound],
            admission: .reads, audit: .none, handler: DeliveryHandlers.read),
        .init(
            method: "POST", path: "/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver",
            permission: .administer,
            summary: "Deliver it at once, again or at last, under the same webhook-id",
            answers: [.init(202, "The delivery, on its way", Schemas.delivery)],
            refusals: [.notFound, .outboxFull],
            admission: .changes, audit: .action("webhook.redeliver"),
            handler: DeliveryHandlers.redeliver),
    ]
}
