import ControlPlane
import Foundation
import HTTP
import JSON

enum WebhookHandlers {
    static func create(_ call: Call) async throws(Problem) -> Response {
        let fields = try await WebhookFields.ofNew(call)
        let webhook = Webhook(
            id: WebhookID(call.newID), tenantID: fields.tenantID, envID: fields.envID,
            loadTestID: fields.loadTestID, kind: fields.kind, name: call["name"]?.text ?? "",
            events: WebhookFields.events(call) ?? [],
            receiver: fields.url.map(Webhook.shown) ?? "", recipients: fields.recipients ?? [],
            createdAt: call.services.time.now, createdBy: call.principal.name)
        let secret = fields.kind == .json ? try newSecret() : nil
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.insert(
                webhook, WebhookSecrets(url: fields.url, signing: secret))
        }
        log("webhook made", webhook, call)
        return created(webhook, secret: secret)
    }

    /// The secret is nowhere that it could be shown from.
    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.webhook(WebhookID(id), in: call.scope)
        }
        return found.map { created($0, secret: nil) }
    }

    /// The answer as it may be stored.
    static func withoutSecret(_ response: Response) -> Response {
        var response = response
        // Ours, and so always JSON; what is not is not kept at all.
        var members = (try? JSONReader.document(response.body))?.members ?? [:]
        members["secret"] = .null
        response.body = JSONValue.object(members).encodedBytes
        return response
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        let query = WebhookQuery(
            scope: call.scope, tenantID: call.query("tenantId"), page: try Pages.request(call))
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.webhooks(query)
        }
        return Pages.response(page, call) { .object($0.members) }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        .json(200, .object(try await find(call).members))
    }

    static func change(_ call: Call) async throws(Problem) -> Response {
        let change = try await WebhookFields.change(of: try await find(call), call)
        let webhook = try await apply(change, call)
        log("webhook changed", webhook, call)
        return .json(200, .object(webhook.members))
    }

    static func rotateSecret(_ call: Call) async throws(Problem) -> Response {
        guard try await find(call).kind == .json else {
            throw Problem(.notSigned, detail: "only what is sent as json is signed")
        }
        var change = WebhookChange()
        let secret = try newSecret()
        change.secret = secret
        let webhook = try await apply(change, call)
        log("webhook secret rotated", webhook, call)
        return .json(200, .object(webhook.members.merging(["secret": .string(secret)]) { $1 }))
    }

    static func delete(_ call: Call) async throws(Problem) -> Response {
        let webhook = try await find(call)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.deleteWebhook(
                webhook.id, in: call.scope, at: call.services.time.now)
        }
        log("webhook deleted", webhook, call)
        return Response(status: 204)
    }

    /// The webhook in the path, as far as the caller sees it.
    static func find(_ call: Call) async throws(Problem) -> Webhook {
        let id = WebhookID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.webhook(id, in: call.scope)
        }
        guard let found else { throw .notFound("webhook \(id)") }
        return found
    }

    private static func apply(_ change: WebhookChange, _ call: Call) async throws(Problem)
        -> Webhook
    {
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.webhooks.change(
                WebhookID(call.parameter("id")), in: call.scope, to: change,
                by: call.principal.name, at: call.services.time.now)
        }
    }

    private static func newSecret() throws(Problem) -> String {
        guard let bytes = SecureRandom.bytes(WebhookSecrets.signingByteCount) else {
            throw .noRandomNumbers
        }
        return WebhookSecrets.signing(of: bytes)
    }

    private static func created(_ webhook: Webhook, secret: String?) -> Response {
        .json(
            201, .object(webhook.members.merging(["secret": JSONValue(secret)]) { $1 }),
            headers: ["Location": "/v1/webhooks/\(webhook.id)"])
    }

    private static func log(_ event: String, _ webhook: Webhook, _ call: Call) {
        call.services.logger.info(
            event,
            [
                "webhookId": .string(webhook.id.text), "tenantId": .string(webhook.tenantID),
                "kind": .string(webhook.kind.rawValue), "by": .string(call.principal.name),
                "requestId": .string(call.requestID),
            ])
    }
}

extension Webhook {
    fileprivate var members: [String: JSONValue] {
        [
            "id": .string(id.text), "name": .string(name), "kind": .string(kind.rawValue),
            "tenantId": .string(tenantID), "envId": JSONValue(envID),
            "loadTestId": JSONValue(loadTestID?.text),
            "events": JSONValue(events.map(\.rawValue).sorted()),
            "receiver": receiver.isEmpty ? .null : .string(receiver),
            "recipients": JSONValue(recipients), "enabled": .bool(health.isEnabled),
            "disabledReason": JSONValue(health.disabledReason),
            "disabledAt": JSONValue(health.disabledAt),
            "failingSince": JSONValue(health.failingSince),
            "failures": JSONValue(health.failures),
            "lastDeliveredAt": JSONValue(health.lastDeliveredAt),
            "droppedCount": JSONValue(health.droppedCount), "createdAt": JSONValue(createdAt),
            "createdBy": .string(createdBy), "updatedAt": JSONValue(updatedAt),
            "updatedBy": .string(updatedBy),
        ]
    }
}
