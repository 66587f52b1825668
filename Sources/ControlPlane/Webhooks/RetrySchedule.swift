import Foundation

/// When a delivery that failed is tried again.
package enum RetrySchedule {
    /// Before each repetition: soon after a restart of the receiver, then ever more rarely. After
    /// the last it is given up.
    package static let pauses: [Duration] = [
        .seconds(5), .seconds(30), .seconds(120), .seconds(600), .seconds(1800), .seconds(3600),
        .seconds(7200), .seconds(14_400), .seconds(21_600), .seconds(28_800),
    ]
    /// Of a delivery: what is older is news to nobody.
    package static let ageMax = Duration.seconds(86_400)
    /// No receiver's `Retry-After` puts off an attempt for longer.
    package static let retryAfterMax = Duration.seconds(3600)
    /// Each pause is longer or shorter by up to this share, so that the deliveries that one failure
    /// has put off do not come all at once.
    package static let jitter = 0.2

    /// - Parameters:
    ///   - tries: how often it has failed, from 1.
    ///   - retryAfter: as the receiver asks for.
    ///   - chance: from -1 to 1.
    /// - Returns: nil for one that is given up.
    package static func next(
        after tries: Int, queuedAt: Date, at now: Date, retryAfter: Duration? = nil,
        chance: Double = .random(in: -1...1)
    ) -> Date? {
        guard tries >= 1, tries <= pauses.count else { return nil }
        let own = pauses[tries - 1] * (1 + jitter * chance)
        let asked = min(retryAfter ?? .zero, retryAfterMax)
        let next = now.addingTimeInterval(max(own, asked) / .seconds(1))
        return next.timeIntervalSince(queuedAt) <= ageMax / .seconds(1) ? next : nil
    }
}

/// When a receiver that takes nothing is not tried any more.
package enum PauseRule {
    /// Longer than a weekend: whoever has to mend the receiver is there again.
    package static let failingMax = Duration.seconds(3 * 86_400)
    /// Attempts in that time, without which a receiver that is rarely told anything would be given
    /// up for one bad moment.
    package static let failuresMin = 10

    /// Why nothing more is sent; nil where it goes on.
    package static func reason(
        _ health: Webhook.Health, _ outcome: AttemptOutcome, at now: Date
    ) -> String? {
        if outcome.isGone { return "the receiver answered 410: it wants nothing any more" }
        guard let since = health.failingSince, health.failures >= failuresMin,
            now.timeIntervalSince(since) >= failingMax / .seconds(1)
        else { return nil }
        return "\(health.failures) attempts since \(Timestamp.format(since)) have failed; the "
            + "last: \(outcome.failure ?? "")"
    }
}
