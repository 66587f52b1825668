import ControlPlane
import HTTP
import JSON

/// What is on its way to a webhook, and what has become of it.
enum DeliveryHandlers {
    static func test(_ call: Call) async throws(Problem) -> Response {
        let webhook = try await WebhookHandlers.find(call)
        let notice = Notice.test(
            of: webhook, by: call.principal.name, at: call.services.time.now)
        let id = DeliveryID(call.newID)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.enqueue(notice, as: id, for: webhook.id)
        }
        describe("webhook.test", webhook, id)
        return try await answer(202, id, of: webhook, call)
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        let webhook = try await WebhookHandlers.find(call)
        let request = try Pages.request(call)
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.deliveries(of: webhook.id, request)
        }
        return Pages.response(page, call) { delivery in
            let last = delivery.lastAttempt.map(\.json) ?? .null
            return .object(delivery.members.merging(["lastAttempt": last]) { $1 })
        }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        let webhook = try await WebhookHandlers.find(call)
        let id = DeliveryID(call.parameter("deliveryId"))
        guard let delivery = try await find(id, of: webhook, call) else {
            throw Problem(ControlPlaneError.unknownDelivery(id))
        }
        let attempts = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.attempts(at: id)
        }
        var members = delivery.members
        members["data"] = delivery.notice.data
        members["attempts"] = .array(attempts.map(\.json))
        return .json(200, .object(members))
    }

    static func redeliver(_ call: Call) async throws(Problem) -> Response {
        let webhook = try await WebhookHandlers.find(call)
        let id = DeliveryID(call.parameter("deliveryId"))
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.redeliver(
                id, of: webhook.id, at: call.services.time.now)
        }
        describe("webhook.redeliver", webhook, id)
        return try await answer(202, id, of: webhook, call)
    }

    private static func describe(_ action: String, _ webhook: Webhook, _ id: DeliveryID) {
        AuditDraft.current?.describe(
            AuditChange(
                action,
                of: AuditSubject(
                    "webhook", webhook.id.text, tenant: webhook.tenantID, env: webhook.envID),
                after: .object(["deliveryId": .string(id.text)])))
    }

    private static func find(_ id: DeliveryID, of webhook: Webhook, _ call: Call)
        async throws(Problem) -> Delivery?
    {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.delivery(id, of: webhook.id)
        }
    }

    private static func answer(_ status: Int, _ id: DeliveryID, of webhook: Webhook, _ call: Call)
        async throws(Problem) -> Response
    {
        guard let delivery = try await find(id, of: webhook, call) else {
            throw Problem(ControlPlaneError.unknownDelivery(id))
        }
        return .json(status, .object(delivery.members))
    }
}

extension Delivery {
    fileprivate var members: [String: JSONValue] {
        [
            "id": .string(id.text), "webhookId": .string(webhook.text),
            "type": .string(notice.kind.rawValue), "createdAt": JSONValue(notice.at),
            "state": .string(state.rawValue), "nextAttemptAt": JSONValue(nextAt),
            "attemptCount": JSONValue(attemptCount),
        ]
    }
}

extension Attempt {
    fileprivate var json: JSONValue {
        .object([
            "at": JSONValue(at), "durationMs": JSONValue(duration / .milliseconds(1)),
            "status": JSONValue(status), "failure": JSONValue(failure),
            "excerpt": .string(excerpt),
        ])
    }
}
