/// Who did something, as far as that is proven.
package struct AuditActor: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Whoever has a token of this name.
        case token
        /// A person with a name and a password, or one that an identity provider vouches for.
        case user
        /// A Locust hook.
        case hook
        /// Nobody in particular: the request proved nothing.
        case anonymous
        /// The service itself, such as at a run's deadline.
        case service
    }

    package let kind: Kind
    package let name: String
    /// The tenant to which the name belongs; nil for a name of the whole service.
    package let tenantID: String?

    package init(_ kind: Kind, _ name: String, of tenantID: String? = nil) {
        self.kind = kind
        self.name = name
        self.tenantID = tenantID
    }

    package static let service = AuditActor(.service, "swarmkeeper")

    /// - Parameter principal: nil for a request that proved nothing.
    package init(_ principal: Principal?) {
        guard let principal else {
            self.init(.anonymous, "")
            return
        }
        let kind: Kind =
            if principal.role == .callback { .hook } else {
                principal.person == nil ? .token : .user
            }
        self.init(kind, principal.name, of: principal.scope.tenantID)
    }
}
