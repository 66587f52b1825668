import ControlPlane
import Exposition
import Metrics

/// Deliveries as families, for whoever runs the service: no tenant and no webhook is a label, of
/// which there is no end.
package enum WebhookFamilies {
    package static func all(_ meters: WebhookMeters) -> [MetricFamily] {
        let stored = meters.stored
        func gauge(_ name: String, _ help: String, _ value: Int) -> MetricFamily {
            MetricFamily(name, .gauge, help: help, [MetricPoint(Double(value))])
        }
        return [
            MetricFamily(
                "swarmkeeper_webhook_attempts", .counter,
                help: "Attempts to deliver: delivered, failed (tried again) and givenUp.",
                meters.attempts.map { key, count in
                    MetricPoint(
                        Double(count),
                        [("kind", key.kind.rawValue), ("outcome", key.outcome.rawValue)])
                }),
            MetricFamily(
                "swarmkeeper_webhook_attempt_duration_seconds", .histogram, unit: "seconds",
                help: "From the beginning of an attempt to its end.",
                meters.latencies.sorted { $0.key < $1.key }.map {
                    MetricPoint(MetricHistogram($0.value), [("kind", $0.key)])
                }),
            gauge(
                "swarmkeeper_webhook_deliveries_pending", "Deliveries that wait.", stored.pending),
            gauge(
                "swarmkeeper_webhooks_failing", "Webhooks that took nothing last.", stored.failing),
            gauge(
                "swarmkeeper_webhooks_disabled", "Webhooks that are told nothing.",
                stored.disabled),
            gauge(
                "swarmkeeper_webhook_events_dropped",
                "Events of webhooks that are there, which found an outbox full.", stored.dropped),
        ]
    }
}
