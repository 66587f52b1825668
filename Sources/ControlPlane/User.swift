import Foundation

/// Identifies a person who logs in here; a UUID in lower case.
package struct UserID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// A person who logs in with a name and a password. Like a token, a user has one role in one place:
/// in all tenants, in one, or in some environments of it.
package struct User: Equatable, Sendable {
    /// Users that a tenant can have, and as many that belong to none: all of them are in memory,
    /// so that no stranger who tries passwords makes the store work.
    package static let countMax = 1000

    package let id: UserID
    /// Unique within its tenant, and among the users of no tenant.
    package let name: String
    package var description: String
    package var role: Role
    package var scope: Scope
    /// What is kept of the password, in a form that says itself how it is checked.
    package var passwordHash: String
    /// One more with each change. Tokens of an earlier one are not valid any more.
    package var version = 1
    package var disabledAt: Date?
    package let createdAt: Date
    package let createdBy: String
    package var updatedAt: Date
    package var updatedBy: String
    package var passwordChangedAt: Date
    package var lastLoginAt: Date?

    package init(
        id: UserID, name: String, description: String, role: Role, scope: Scope,
        passwordHash: String, createdAt: Date, createdBy: String
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.role = role
        self.scope = scope
        self.passwordHash = passwordHash
        self.createdAt = createdAt
        self.createdBy = createdBy
        updatedAt = createdAt
        updatedBy = createdBy
        passwordChangedAt = createdAt
    }

    /// Who it is in `createdBy`. No token that is made over the API has a colon in its name, and no
    /// user a slash, so that nobody can take the name of somebody else.
    package var actor: String {
        scope.tenantID.map { "user:\($0)/\(name)" } ?? "user:\(name)"
    }

    package var principal: Principal {
        Principal(name: actor, role: role, scope: scope, person: "user:\(id)")
    }
}

/// What is changed of a user.
package enum UserChange: Equatable, Sendable {
    case details(description: String, role: Role, scope: Scope)
    /// Ends the user's sessions.
    case password(hash: String)
    /// Ends the user's sessions.
    case disable
    case enable

    package var endsSessions: Bool {
        switch self {
        case .details, .enable: false
        case .password, .disable: true
        }
    }
}

/// Which users a caller wants.
package struct UserQuery: Equatable, Sendable {
    package var scope: Scope
    package var tenantID: String?
    package var page: PageRequest

    package init(scope: Scope, tenantID: String? = nil, page: PageRequest = .init()) {
        self.scope = scope
        self.tenantID = tenantID
        self.page = page
    }
}
