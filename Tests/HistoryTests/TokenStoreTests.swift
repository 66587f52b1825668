import ControlPlane
import Foundation
import Testing

@testable import History

struct TokenStoreTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    private func token(
        _ id: String, _ name: String, tenant: String = "tenant-1", envs: [String]? = nil,
        created: Date = epoch, expires: Date? = nil
    ) -> APIToken {
        APIToken(
            id: TokenID(id), name: name, description: "for \(name)", role: .operator,
            scope: Scope(tenant: tenant, environments: envs),
            proof: TokenProof(salt: [0, 1, 255], hash: Array(0..<32)), createdAt: created,
            createdBy: "admin", expiresAt: expires)
    }

    @Test func `a token comes back as it was stored`() async throws {
        let tokens = [
            token("1", "plain"), token("2", "narrow", envs: ["dev", "x'; DROP"]),
            token("3", "it's <b>\"", expires: epoch + 60),
        ]
        for token in tokens {
            try await store.insert(token)
            #expect(try await store.token(token.id, in: .everything) == token)
        }
        #expect(Set(try await store.unendedTokens(at: epoch).map(\.id)) == Set(tokens.map(\.id)))
    }

    @Test func `a name is free again when its token has ended, and not before`() async throws {
        try await store.insert(token("1", "ci", expires: epoch + 60))
        await #expect(throws: ControlPlaneError.tokenNameTaken("ci")) {
            try await store.insert(token("2", "ci", created: epoch + 59))
        }
        try await store.insert(token("3", "ci", tenant: "tenant-2"))
        try await store.insert(token("2", "ci", created: epoch + 60))
        try await store.revokeToken(TokenID("2"), in: .everything, by: "a", at: epoch + 61)
        try await store.insert(token("4", "ci", created: epoch + 62))
        let left = try await store.unendedTokens(at: epoch + 63).map(\.id.text)
        #expect(Set(left) == ["3", "4"])
    }

    @Test func `a tenant has no more than its share of tokens`() async throws {
        for number in 0..<APIToken.countMax {
            try await store.insert(token("\(number)", "token \(number)"))
        }
        await #expect(throws: ControlPlaneError.tooManyTokens(max: APIToken.countMax)) {
            try await store.insert(token("more", "more"))
        }
        try await store.insert(token("other", "other", tenant: "tenant-2"))
        try await store.revokeToken(TokenID("7"), in: .everything, by: "a", at: epoch)
        try await store.insert(token("more", "more"))
    }

    @Test func `only tokens within the caller's scope are read, listed and revoked`() async throws {
        let all = [
            token("whole", "a"), token("dev", "b", envs: ["dev"]),
            token("both", "c", envs: ["dev", "prod"]), token("other", "d", tenant: "tenant-2"),
        ]
        for token in all { try await store.insert(token) }
        let scopes: [Scope] = [
            .everything, .tenant("tenant-1"), .tenant("tenant-3"),
            .environments(["dev"], of: "tenant-1"), .environments(["dev", "prod"], of: "tenant-1"),
            .environments(["dev"], of: "tenant-2"), .environments([], of: "tenant-1"),
        ]
        for scope in scopes {
            let visible = Set(all.filter { scope.covers($0.scope) }.map(\.id))
            let listed = try await store.tokens(.init(scope: scope)).items
            #expect(Set(listed.map(\.id)) == visible, "\(scope)")
            for token in all where !visible.contains(token.id) {
                #expect(try await store.token(token.id, in: scope) == nil)
                await #expect(throws: ControlPlaneError.unknownToken(token.id)) {
                    try await store.revokeToken(token.id, in: scope, by: "x", at: epoch)
                }
            }
        }
        #expect(try await store.unendedTokens(at: epoch).count == all.count)
    }

    @Test func `the first revocation counts`() async throws {
        try await store.insert(token("1", "ci"))
        for (second, actor) in [(1.0, "first"), (2, "second")] {
            try await store.revokeToken(
                TokenID("1"), in: .tenant("tenant-1"), by: actor, at: epoch + second)
        }
        let found = try #require(try await store.token(TokenID("1"), in: .everything))
        #expect(found.revokedAt == epoch + 1)
        #expect(found.revokedBy == "first")
        #expect(found.state(at: epoch) == .revoked)
    }

    @Test func `the list is of a tenant, newest first, page by page`() async throws {
        for number in 0..<5 {
            try await store.insert(
                token("\(number)", "n\(number)", created: epoch + Double(number)))
        }
        try await store.insert(token("other", "x", tenant: "tenant-2"))
        var query = TokenQuery(
            scope: .everything, tenantID: "tenant-1", page: PageRequest(limit: 2))
        var ids: [String] = []
        repeat {
            let page = try await store.tokens(query)
            ids += page.items.map(\.id.text)
            query.page.after = page.next
        } while query.page.after != nil
        #expect(ids == ["4", "3", "2", "1", "0"])
    }

    @Test func `last uses are kept, and tokens that ended long ago are not`() async throws {
        try await store.insert(token("1", "a", expires: epoch + 1))
        try await store.insert(token("2", "b"))
        try await store.insert(token("3", "c"))
        try await store.revokeToken(TokenID("2"), in: .everything, by: "x", at: epoch + 2)
        try await store.noteUses([TokenID("3"): epoch + 5, TokenID("gone"): epoch])
        #expect(try await store.token(TokenID("3"), in: .everything)?.lastUsedAt == epoch + 5)
        let kept = Double(APIToken.endedKept.components.seconds)
        for (second, ids) in [(1.0, ["1", "2", "3"]), (1.5, ["2", "3"]), (3, ["3"])] {
            try await store.forgetEndedTokens(at: epoch + kept + second)
            let left = try await store.tokens(.init(scope: .everything)).items.map(\.id.text)
            #expect(left.sorted() == ids)
        }
    }
}
