import Foundation

/// Which stored runs a caller wants, and in which order.
package struct RunQuery: Equatable, Sendable {
    package enum SortField: String, CaseIterable, Sendable {
        case createdAt
        case startedAt
        case endedAt
    }

    package var scope: Scope
    package var tenantID: String?
    package var envID: String?
    /// Runs that carry all of these.
    package var tags: [String] = []
    /// Runs in one of these; empty means any.
    package var states: [RunState] = []
    /// Runs with one of these; empty means any, and runs without one.
    package var verdicts: [Verdict.Result] = []
    /// Runs that carry all of these.
    package var labels: [String: String] = [:]
    package var loadTestID: LoadTestID?
    /// Runs that were asked for before this one.
    package var earlierThan: RunPlace?
    package var createdBy: String?
    package var startedAfter: Date?
    package var startedBefore: Date?
    /// Part of the name or of the id, whatever the case.
    package var text: String?
    package var sort = Sort(field: SortField.createdAt, isDescending: true)
    package var page: PageRequest

    package init(scope: Scope, page: PageRequest = .init()) {
        self.scope = scope
        self.page = page
    }
}

/// Where a run stands among those that were asked for.
package struct RunPlace: Equatable, Sendable {
    package let createdAt: Date
    package let id: RunID

    package init(createdAt: Date, id: RunID) {
        self.createdAt = createdAt
        self.id = id
    }
}

/// Which stored load tests a caller wants, and in which order.
package struct LoadTestQuery: Equatable, Sendable {
    package enum SortField: String, CaseIterable, Sendable {
        case createdAt
        case updatedAt
        case name
    }

    package var scope: Scope
    package var tenantID: String?
    package var envID: String?
    package var tags: [String] = []
    package var createdBy: String?
    package var text: String?
    package var sort = Sort(field: SortField.createdAt, isDescending: true)
    package var page: PageRequest

    package init(scope: Scope, page: PageRequest = .init()) {
        self.scope = scope
        self.page = page
    }
}

package struct Sort<Field: Equatable & Sendable>: Equatable, Sendable {
    package let field: Field
    package let isDescending: Bool

    package init(field: Field, isDescending: Bool) {
        self.field = field
        self.isDescending = isDescending
    }
}

/// Which part of a list is wanted.
package struct PageRequest: Equatable, Sendable {
    package static let limitDefault = 20
    package static let limitMax = 100

    package var limit: Int
    /// Where the previous page ended; nil for the first.
    package var after: PageMark?

    package init(limit: Int = PageRequest.limitDefault, after: PageMark? = nil) {
        self.limit = limit
        self.after = after
    }
}

/// The place in a list after which the next page begins: the sort value of the last item, with
/// its id to tell equal values apart.
package struct PageMark: Equatable, Sendable, Codable {
    package let value: String
    package let id: String

    package init(value: String, id: String) {
        self.value = value
        self.id = id
    }
}

package struct Page<Item: Sendable>: Sendable {
    package let items: [Item]
    package let next: PageMark?

    package init(items: [Item], next: PageMark?) {
        self.items = items
        self.next = next
    }
}
