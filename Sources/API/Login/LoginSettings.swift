/// Whose word about people is taken: the service's own, and that of identity providers.
package struct LoginSettings: Equatable, Sendable {
    /// Nil where nobody logs in here.
    package let sessionKey: SessionKey?
    package let providers: [IdentityProvider]

    package init(sessionKey: SessionKey? = nil, providers: [IdentityProvider] = []) {
        self.sessionKey = sessionKey
        self.providers = providers
    }
}
