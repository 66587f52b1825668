/// Who is calling, as proven by a token.
package struct Principal: Equatable, Sendable {
    /// The token's name; the actor in `createdBy` and `updatedBy`.
    package let name: String
    package let role: Role
    package let scope: Scope
    /// The only run that it can report on; nil for any.
    package let run: RunID?

    package init(name: String, role: Role, scope: Scope, run: RunID? = nil) {
        self.run = run
        self.name = name
        self.role = role
        self.scope = scope
    }

    package func may(_ permission: Permission) -> Bool {
        role.permissions.contains(permission)
    }
}

/// Which tenants' objects a caller can see. Every query of the store takes one, so that an object
/// outside it does not exist for the caller.
package enum Scope: Equatable, Sendable {
    case everything
    case tenant(String)

    package func covers(tenant id: String) -> Bool {
        switch self {
        case .everything: true
        case .tenant(let own): own == id
        }
    }
}

package enum Role: String, CaseIterable, Sendable {
    /// Reads.
    case viewer
    /// Reads, starts and stops runs.
    case `operator`
    /// What an operator may, and changes definitions.
    case editor
    /// Administers its tenant.
    case admin
    /// The service's own administrator: all tenants.
    case administrator
    /// A Locust hook: it reports on runs and can do nothing else.
    case callback

    package var permissions: Set<Permission> {
        switch self {
        case .viewer: [.read]
        case .operator: [.read, .start]
        case .editor: [.read, .start, .configure]
        case .admin, .administrator: [.read, .start, .configure, .administer]
        case .callback: [.report]
        }
    }
}

package enum Permission: String, CaseIterable, Sendable {
    case read
    case start
    case configure
    case administer
    case report
}
