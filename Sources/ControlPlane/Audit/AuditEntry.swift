import Foundation
import JSON

/// One thing that was done, or refused, before it has its place in the chain.
package struct AuditEntry: Equatable, Sendable {
    package enum Outcome: String, CaseIterable, Sendable {
        case done
        /// Nothing has changed.
        case refused
        /// The service could not do it, or does not know whether it was done.
        case failed
        /// The answer of an earlier, equal request was given again.
        case replayed
    }

    package var at: Date
    /// Of several that were alike: when the last one was.
    package var until: Date?
    package var count = 1
    package var actor: AuditActor
    /// Of the client; empty for what came by no connection.
    package var address = ""
    package var requestID = ""
    /// What was done to what, such as `loadTest.replace`.
    package var action: String
    package var outcome = Outcome.done
    /// Of the answer; nil where the record was written before there was one.
    package var status: Int?
    /// Of the problem that was answered.
    package var code: String?
    package var subject: AuditSubject?
    package var before: JSONValue?
    package var after: JSONValue?
    package var detail = ""

    package init(_ action: String, by actor: AuditActor, at date: Date) {
        self.action = action
        self.actor = actor
        at = date
    }

    /// A change that nobody has asked for.
    package init(_ change: AuditChange, by actor: AuditActor, at date: Date) {
        self.init(change.action, by: actor, at: change.at ?? date)
        take(change)
    }

    mutating func take(_ change: AuditChange) {
        (subject, before, after) = (change.subject, change.before, change.after)
        detail = change.detail
    }

    /// Whose record it is: of the tenant whose object it is about, or who wanted something.
    package var tenantID: String? { subject?.tenantID ?? actor.tenantID }
}
