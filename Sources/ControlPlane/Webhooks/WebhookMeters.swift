import Metrics
import Synchronization

/// Counts what is delivered, by the few kinds that there are.
package final class WebhookMeters: Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case delivered, failed, givenUp
    }

    package struct Key: Hashable, Sendable {
        package let kind: Webhook.Kind
        package let outcome: Outcome
    }

    private let counts = Mutex<[Key: Int]>([:])
    private let figures = Mutex(WebhookFigures())
    private let durations = DurationMeters()

    /// Every pair, also those that were never counted.
    package var attempts: [(Key, Int)] {
        let counts = counts.withLock { $0 }
        return Webhook.Kind.allCases.flatMap { kind in
            Outcome.allCases.map { outcome in
                let key = Key(kind: kind, outcome: outcome)
                return (key, counts[key] ?? 0)
            }
        }
    }

    /// From the beginning of an attempt to its end, by kind.
    package var latencies: [String: DurationCounts] { durations.snapshots }

    package var stored: WebhookFigures { figures.withLock { $0 } }

    func replace(_ new: WebhookFigures) { figures.withLock { $0 = new } }

    func count(_ kind: Webhook.Kind, _ attempt: Attempt, isGivenUp: Bool) {
        let outcome: Outcome =
            attempt.failure == nil ? .delivered : isGivenUp ? .givenUp : .failed
        counts.withLock { $0[Key(kind: kind, outcome: outcome), default: 0] += 1 }
        durations.record(attempt.duration, of: kind.rawValue)
    }
}
