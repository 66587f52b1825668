import ControlPlane
import Foundation
import JSON

@testable import Webhooks

let epoch = Date(timeIntervalSince1970: 1_800_000_000)

extension Notice {
    static func sample(
        _ kind: Kind = .runVerdict, name: String = "Checkout", verdict: String = "failed",
        subject: String = "run-1", labels: [String: String] = [:]
    ) -> Notice {
        Notice(
            kind, at: epoch, subject: subject,
            data: .object([
                "run": .object([
                    "id": .string("run-1"), "name": .string(name), "tenantId": .string("shop"),
                    "envId": .string("dev"), "targetUrl": .string("https://shop.example"),
                    "state": .string("Finished"), "createdBy": .string("ci"),
                    "labels": .object(labels.mapValues { .string($0) }),
                    "endReason": .string("durationElapsed"), "verdict": .string(verdict),
                    "thresholds": .array([
                        .object([
                            "expression": .string("p95 < 300ms"), "outcome": .string("failed"),
                            "reason": .string("was 512ms"),
                        ])
                    ]),
                    "lastMetrics": .object([
                        "totalRequests": .int(1200), "errorRate": .double(0.5),
                        "totalRps": .double(20), "p95ResponseMs": .double(512.25),
                    ]),
                ])
            ]))
    }
}

extension Webhook {
    static func sample(
        _ id: String = "hook", _ kind: Kind = .json, tenant: String = "shop",
        recipients: [String] = []
    ) -> Webhook {
        Webhook(
            id: WebhookID(id), tenantID: tenant, kind: kind, name: "n",
            events: Set(Notice.Kind.filters), recipients: recipients, createdAt: epoch,
            createdBy: "anna")
    }
}

extension DueDelivery {
    static func sample(
        to webhook: Webhook = .sample(), url: String? = nil, _ notice: Notice = .sample(),
        tries: Int = 0
    ) -> DueDelivery {
        DueDelivery(
            Delivery(
                id: DeliveryID("delivery-1"), webhook: webhook.id, notice: notice,
                state: .pending, queuedAt: epoch, tries: tries, nextAt: epoch, attemptCount: 0),
            to: webhook,
            WebhookSecrets(
                url: url, signing: WebhookSecrets.signing(of: [UInt8](repeating: 7, count: 32))))
    }
}
