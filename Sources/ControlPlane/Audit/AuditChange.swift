import Foundation
import JSON

/// A change as the store makes it, to be recorded in its transaction.
package struct AuditChange: Equatable, Sendable {
    /// What it is called where nobody has asked for it; else it is called as what was asked for.
    package var action: String
    package var subject: AuditSubject?
    /// Nil for what was made new.
    package var before: JSONValue?
    /// Nil for what is gone.
    package var after: JSONValue?
    package var detail: String
    /// Nil for now.
    package var at: Date?

    package init(
        _ action: String, of subject: AuditSubject?, before: JSONValue? = nil,
        after: JSONValue? = nil, _ detail: String = "", at date: Date? = nil
    ) {
        self.action = action
        self.subject = subject
        self.before = before
        self.after = after
        self.detail = detail
        at = date
    }
}
