import Foundation
import Synchronization

/// The record of something that is being done for somebody: who wants what and from where. What is
/// written about it by the store is written in the transaction that does it.
package final class AuditDraft: Sendable {
    /// The draft of whoever asked for what the current task does; nil for what the service does by
    /// itself.
    ///
    /// It travels with the task and not as a parameter, so that no path to the store can forget it.
    @TaskLocal package static var current: AuditDraft?

    private struct State {
        var actor: AuditActor
        /// For a record that the store had no change for.
        var change: AuditChange
        /// Inside the transaction that is open.
        var isBeingStored = false
        var isStored = false
    }

    package let action: String
    private let address: String
    private let requestID: String
    private let date: Date
    private let state: Mutex<State>

    package init(
        _ action: String, by actor: AuditActor, from address: String = "", request id: String = "",
        at date: Date, about subject: AuditSubject? = nil
    ) {
        self.action = action
        self.address = address
        requestID = id
        self.date = date
        state = Mutex(State(actor: actor, change: AuditChange(action, of: subject)))
    }

    /// Who it turned out to be, for whoever comes to prove it, as by a login.
    package func identify(_ actor: AuditActor) { state.withLock { $0.actor = actor } }

    /// What was done, for actions of which the store writes no record by itself.
    package func describe(_ change: AuditChange) { state.withLock { $0.change = change } }

    /// Whether a record of it is stored.
    package var isRecorded: Bool { state.withLock(\.isStored) }

    /// The record of one change that is made for it, inside the transaction.
    package func entry(storing change: AuditChange) -> AuditEntry {
        let actor = state.withLock { state in
            state.isBeingStored = true
            return state.actor
        }
        return entry(by: actor, change)
    }

    /// The record where there is none of a change.
    package func entry(_ outcome: AuditEntry.Outcome, status: Int? = nil) -> AuditEntry {
        let (actor, change) = state.withLock { ($0.actor, $0.change) }
        var entry = entry(by: actor, change)
        entry.outcome = outcome
        entry.status = status
        return entry
    }

    /// To be told at the end of each transaction.
    package func settle(isCommitted: Bool) {
        state.withLock { state in
            if isCommitted, state.isBeingStored { state.isStored = true }
            state.isBeingStored = false
        }
    }

    private func entry(by actor: AuditActor, _ change: AuditChange) -> AuditEntry {
        var entry = AuditEntry(action, by: actor, at: date)
        entry.take(change)
        entry.address = address
        entry.requestID = requestID
        return entry
    }
}
