import Foundation

/// What an environment asks for before a run of it starts: that a second person agrees.
package struct ApprovalPolicy: Equatable, Sendable {
    package static let approversDefault = Permission.configure
    /// Long enough to find somebody, short enough that what was meant is still remembered.
    package static let expiryDefault = Duration.seconds(3600)

    /// What the second person must be allowed to do there.
    package let approvers: Permission
    /// After this time without an answer there is none.
    package let expiry: Duration

    package init(
        approvers: Permission = approversDefault, expiry: Duration = expiryDefault
    ) {
        self.approvers = approvers
        self.expiry = expiry
    }
}

/// Where the approval of one run stands. It is for this run as it was asked for, and for no other.
package struct Approval: Equatable, Sendable, Codable {
    package let expiresAt: Date
    /// The identity of who has asked for the run (`Principal.identity`).
    package let requester: String
    /// Nil as long as nobody has said yes or no.
    package internal(set) var decidedBy: String?
    package internal(set) var decidedAt: Date?
}

extension Catalog {
    /// Nil for an environment in which runs start without.
    package func approvalPolicy(of key: EnvironmentKey) -> ApprovalPolicy? {
        tenant(key.tenantID)?.environmentPolicies[key.envID]?.approval
    }
}
