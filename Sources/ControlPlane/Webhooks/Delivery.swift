import Foundation
import JSON

/// Identifies a notice on its way to one webhook, at all attempts: what receivers know as
/// `webhook-id`. A UUID in lower case.
package struct DeliveryID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// A notice for one webhook, and what has become of it.
package struct Delivery: Equatable, Sendable {
    /// Deliveries of one webhook that wait: a day of a busy tenant. What comes beyond is dropped
    /// and counted.
    package static let waitingMax = 1_000
    /// Of those that are done, kept of one webhook, and for how long.
    package static let doneMax = 1_000
    package static let doneKept = Duration.seconds(14 * 86_400)

    package enum State: String, CaseIterable, Sendable {
        /// It waits for its first attempt, or for another.
        case pending
        /// The receiver has taken it.
        case delivered
        /// Given up; it can be delivered anew by hand.
        case failed
    }

    package let id: DeliveryID
    package let webhook: WebhookID
    package let notice: Notice
    package var state: State
    /// When it was made, or asked for anew: its age counts from there.
    package var queuedAt: Date
    /// Since then.
    package var tries: Int
    /// Nil where there is none to come.
    package var nextAt: Date?
    package var attemptCount: Int
    /// Only in lists.
    package var lastAttempt: Attempt?

    package init(
        id: DeliveryID, webhook: WebhookID, notice: Notice, state: State, queuedAt: Date,
        tries: Int, nextAt: Date?, attemptCount: Int
    ) {
        self.id = id
        self.webhook = webhook
        self.notice = notice
        self.state = state
        self.queuedAt = queuedAt
        self.tries = tries
        self.nextAt = nextAt
        self.attemptCount = attemptCount
    }
}

/// One try, as its receiver answered it.
package struct Attempt: Equatable, Sendable {
    /// Kept of one delivery; more of them come only by hand.
    package static let keptMax = 30
    /// Of what a receiver answers: enough for its reason.
    package static let excerptBytesMax = 512

    package let at: Date
    package let duration: Duration
    /// Of HTTP, or the reply code of SMTP; nil where there was no answer.
    package let status: Int?
    /// Nil for one that succeeded.
    package let failure: String?
    /// The beginning of the answer, printable and without secrets.
    package let excerpt: String

    package init(
        at date: Date, duration: Duration, status: Int?, failure: String?, excerpt: String = ""
    ) {
        at = date
        self.duration = duration
        self.status = status
        self.failure = failure
        self.excerpt = excerpt
    }
}

/// What a receiver made of an attempt.
package struct AttemptOutcome: Equatable, Sendable {
    package var status: Int?
    package var failure: String?
    package var excerpt: String
    /// How long the receiver asks to be left alone.
    package var retryAfter: Duration?
    /// Whether the receiver wants nothing any more (HTTP 410).
    package var isGone: Bool

    package init(
        status: Int? = nil, failure: String? = nil, excerpt: String = "",
        retryAfter: Duration? = nil, isGone: Bool = false
    ) {
        self.status = status
        self.failure = failure
        self.excerpt = excerpt
        self.retryAfter = retryAfter
        self.isGone = isGone
    }
}
