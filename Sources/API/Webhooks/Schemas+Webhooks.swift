import ControlPlane

/// Webhooks, and what is delivered to them.
extension Schemas {
    private static let urlMax = 2_000
    /// Of a run with its thresholds, whose texts are bounded where they are made.
    private static let noticeBytesMax = 262_144

    static let webhookInput = ObjectSchema(
        "WebhookInput",
        [
            required("tenantId", .text(1, max: 100), "The tenant whose events it is for"),
            optional(
                "envId", .text(1, max: 100),
                "Only events of this environment; of all of the tenant by default"),
            optional(
                "loadTestId", .text(1, max: 100),
                "Only events of runs of this load test; of all runs by default"),
            required("name", nameOfWebhook, "For people"),
            required(
                "kind", .oneOf(Webhook.Kind.allCases.map(\.rawValue)),
                "json is signed as Standard Webhooks has it; slack is for an incoming webhook of "
                    + "Slack, teams for a workflow of Microsoft Teams that takes an Adaptive "
                    + "Card; email is sent by the service's mail server"),
            required("events", events, eventsMeaning),
            optional(
                "url", .text(1, max: urlMax),
                "Where it is sent, of http or https; not for kind email. Only its host is ever "
                    + "shown. The rules for targets of the tenant and the environment hold for it"),
            optional("recipients", recipients, "Addresses; for kind email only"),
        ])

    static let webhookChange = ObjectSchema(
        "WebhookChange",
        [
            optional("name", nameOfWebhook, "For people"),
            optional("events", events, eventsMeaning),
            optional("url", .text(1, max: urlMax), "Where it is sent from now on"),
            optional("recipients", recipients, "Addresses; for kind email only"),
            optional(
                "enabled", .boolean,
                "False sends nothing and keeps no new events; true begins anew after failures"),
        ])

    static let webhook = ObjectSchema("Webhook", webhookFields)

    static let newWebhook = ObjectSchema(
        "NewWebhook",
        webhookFields + [
            required(
                "secret", .nullable(.text(max: 100)),
                "The signing secret, in this answer only; null for kinds that are not signed, and "
                    + "in the answer to a repeated request: rotate it then")
        ])

    static let webhookPage = page("WebhookPage", of: webhook)

    static let delivery = ObjectSchema("Delivery", deliveryFields)

    static let deliveryPage = page(
        "DeliveryPage",
        of: ObjectSchema(
            "ListedDelivery",
            deliveryFields + [
                required("lastAttempt", .nullable(.object(attempt)), "Null before the first")
            ]))

    static let deliveryWithAttempts = ObjectSchema(
        "DeliveryWithAttempts",
        deliveryFields + [
            required("data", .anyObject(bytesMax: noticeBytesMax), "What happened"),
            required(
                "attempts", .array(.object(attempt), countMax: Attempt.keptMax),
                "The newest, oldest first"),
        ])

    private static let attempt = ObjectSchema(
        "DeliveryAttempt",
        [
            required("at", .timestamp, "When it began"),
            required("durationMs", .measure, "To the answer, or to giving up"),
            required(
                "status", .nullable(.count),
                "Of HTTP, or the reply code of SMTP; null without an answer"),
            required(
                "failure", .nullable(.text(max: 10_000)), "Why it failed; null if it succeeded"),
            required(
                "excerpt", .text(max: Attempt.excerptBytesMax),
                "The beginning of the answer, printable, without the secrets of the webhook"),
        ])

    private static let webhookFields: [ObjectSchema.Field] = [
        required("id", .text(max: 100), "UUID"),
        required("name", .text(max: 200), "For people"),
        required("kind", .oneOf(Webhook.Kind.allCases.map(\.rawValue)), "What its receiver takes"),
        required("tenantId", .text(max: 100), "Tenant"),
        required("envId", .nullable(.text(max: 100)), "Null is all of the tenant"),
        required("loadTestId", .nullable(.text(max: 100)), "Null is all runs"),
        required("events", events, "What it is for"),
        required(
            "receiver", .nullable(.text(max: urlMax)), "Scheme and host of its URL; null for email"
        ),
        required("recipients", recipients, "Empty for other kinds than email"),
        required("enabled", .boolean, "Whether anything is sent"),
        required(
            "disabledReason", .nullable(.text(max: 10_000)),
            "Who disabled it, or why the service did: its receiver has taken nothing for "
                + "\(PauseRule.failingMax.components.seconds / 86_400) days, or answered 410"),
        required("disabledAt", .nullable(.timestamp), "Null while it is enabled"),
        required(
            "failingSince", .nullable(.timestamp), "The first failure since the last success"),
        required("failures", .count, "Attempts that failed since the last success"),
        required("lastDeliveredAt", .nullable(.timestamp), "Null is not yet"),
        required(
            "droppedCount", .count,
            "Events that were not kept for it, because \(Delivery.waitingMax) waited already"),
        required("createdAt", .timestamp, "When"),
        required("createdBy", .text(max: 200), "By whom"),
        required("updatedAt", .timestamp, "When it was changed last"),
        required("updatedBy", .text(max: 200), "By whom"),
    ]

    private static let deliveryFields: [ObjectSchema.Field] = [
        required("id", .text(max: 100), "The webhook-id of all its attempts"),
        required("webhookId", .text(max: 100), "The webhook"),
        required(
            "type", .oneOf(Notice.Kind.allCases.map(\.rawValue)), "What it tells of"),
        required("createdAt", .timestamp, "When that happened"),
        required(
            "state", .oneOf(Delivery.State.allCases.map(\.rawValue)),
            "pending waits for an attempt; failed was given up, and can be redelivered"),
        required("nextAttemptAt", .nullable(.timestamp), "Null where none is to come"),
        required("attemptCount", .count, "So far"),
    ]

    private static let events = Schema.array(
        .oneOf(Notice.Kind.filters.map(\.rawValue)), countMax: Notice.Kind.filters.count)
    private static let eventsMeaning =
        "run.started (load was seen), run.finished, run.verdict; loadtest.became-failed and "
        + "loadtest.became-passed compare a run's verdict with that of the last run of the load "
        + "test, and of the same branch label, that passed or failed, among the last "
        + "\(Notice.Predecessor.lookedAtMax) that did, where the first to be judged can only "
        + "become failed; "
        + "cluster.lost (one that had answered does not for "
        + "\(ClusterWatch.graceMax.components.seconds) s)"
    private static let recipients = Schema.array(
        .text(1, max: MailAddress.lengthMax), countMax: Webhook.recipientsMax)
    private static let nameOfWebhook = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: 200,
            form: (
                "without control characters",
                { text in
                    !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
                }
            )))
}
