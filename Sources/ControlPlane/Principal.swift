/// Who is calling, as proven by a token.
package struct Principal: Equatable, Sendable {
    /// The token's name; the actor in `createdBy` and `updatedBy`.
    package let name: String
    package let role: Role
    package let scope: Scope
    /// Of a stored token; nil for one of the configuration.
    package let tokenID: TokenID?
    /// Of a person who has logged in, here or elsewhere: who it is, whatever the name becomes.
    package let person: String?
    /// The only run that it can report on; nil for any.
    package let run: RunID?

    package init(
        name: String, role: Role, scope: Scope, tokenID: TokenID? = nil, person: String? = nil,
        run: RunID? = nil
    ) {
        self.run = run
        self.name = name
        self.role = role
        self.scope = scope
        self.tokenID = tokenID
        self.person = person
    }

    package func may(_ permission: Permission) -> Bool {
        role.permissions.contains(permission)
    }

    /// Nobody gives away what they do not have.
    package func mayGrant(_ role: Role) -> Bool {
        role.permissions.isSubset(of: self.role.permissions)
    }

    /// Tells this caller from all others, also from an earlier one of the same name: the name of a
    /// stored token is free again when the token has ended.
    package var identity: String {
        // No tenant has a colon in its id.
        if let tokenID { return "token:\(tokenID)" }
        if let person { return person }
        if let run { return "run:\(run)" }
        return "\(scope.tenantID ?? "")/\(name)"
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
