import Foundation

/// Which records a caller wants.
package struct AuditQuery: Equatable, Sendable {
    /// Records of one page of an export: some 2 MB, and 40 MB if each were as long as it can be.
    package static let exportMax = 2_000

    package var scope: Scope
    package var tenantID: String?
    /// The name of who did it.
    package var by: String?
    package var action: String?
    package var outcome: AuditEntry.Outcome?
    package var from: Date?
    /// Not itself included.
    package var to: Date?
    /// Records about this run, load test or other object.
    package var objectID: String?
    package var isNewestFirst = true
    package var limit: Int
    /// The number of the last record of the page before: of the tenant's numbers where the scope
    /// is one tenant.
    package var after: Int?

    package init(scope: Scope, limit: Int = PageRequest.limitDefault) {
        self.scope = scope
        self.limit = limit
    }
}
