import Foundation

/// The port to the tokens that were made over the API.
package protocol TokenStore: Sendable {
    /// - Throws: `.tokenNameTaken` while an unended token of the tenant has the name,
    ///   `.tooManyTokens` when the tenant has `APIToken.countMax` of them.
    func insert(_ token: APIToken) async throws(ControlPlaneError)

    /// Nil for one whose scope is not within the caller's.
    func token(_ id: TokenID, in scope: Scope) async throws(ControlPlaneError) -> APIToken?

    /// Newest first.
    func tokens(_ query: TokenQuery) async throws(ControlPlaneError) -> Page<APIToken>

    /// All that have not ended, of all tenants.
    func unendedTokens(at now: Date) async throws(ControlPlaneError) -> [APIToken]

    /// Ends the token for good; the first time counts.
    ///
    /// - Throws: `.unknownToken` for one whose scope is not within the caller's.
    func revokeToken(_ id: TokenID, in scope: Scope, by actor: String, at now: Date)
        async throws(ControlPlaneError)

    /// Keeps when tokens were last used.
    func noteUses(_ uses: [TokenID: Date]) async throws(ControlPlaneError)
}

/// Which stored tokens a caller wants.
package struct TokenQuery: Equatable, Sendable {
    package var scope: Scope
    package var tenantID: String?
    package var page: PageRequest

    package init(scope: Scope, tenantID: String? = nil, page: PageRequest = .init()) {
        self.scope = scope
        self.tenantID = tenantID
        self.page = page
    }
}
