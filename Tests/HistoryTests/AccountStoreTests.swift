import ControlPlane
import Foundation
import Testing

@testable import History

struct AccountStoreTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }

    init() throws { home = try StoreFolder() }

    private func user(
        _ id: String, _ name: String, tenant: String? = "tenant-1", envs: [String]? = nil,
        created: Date = epoch
    ) -> User {
        User(
            id: UserID(id), name: name, description: "for \(name)", role: .operator,
            scope: tenant.map { Scope(tenant: $0, environments: envs) } ?? .everything,
            passwordHash: "scrypt$it's", createdAt: created, createdBy: "admin")
    }

    private func session(
        _ id: String, of user: String, created: Date = epoch, hash: UInt8 = 1
    ) -> Session {
        Session(
            id: SessionID(id), user: UserID(user),
            proof: TokenProof(salt: [0, hash], hash: [hash, 255]), keyID: "key", createdAt: created)
    }

    @Test func `a user comes back as it was stored and changed`() async throws {
        var users = [
            user("1", "anna"), user("2", "narrow", envs: ["dev", "x'; DROP"]),
            user("3", "root", tenant: nil),
        ]
        for user in users {
            try await store.insert(user)
            #expect(try await store.user(user.id, in: .everything) == user)
        }
        let changes: [UserChange] = [
            .details(
                description: "d", role: .viewer, scope: .environments(["dev"], of: "tenant-1")),
            .password(hash: "new"), .disable, .disable, .enable,
        ]
        for (number, change) in changes.enumerated() {
            let now = epoch + Double(number + 1)
            users[0] = try await store.change(
                users[0].id, in: .tenant("tenant-1"), change, by: "x", at: now)
            #expect(users[0].version == number + 2 && users[0].updatedAt == now)
            #expect(try await store.user(users[0].id, in: .everything) == users[0])
        }
        #expect(users[0].description == "d" && users[0].role == .viewer)
        #expect(users[0].scope == .environments(["dev"], of: "tenant-1"))
        #expect(users[0].passwordHash == "new" && users[0].passwordChangedAt == epoch + 2)
        #expect(users[0].disabledAt == nil && users[0].updatedBy == "x")
        #expect(Set(try await store.allUsers().map(\.id)) == Set(users.map(\.id)))
    }

    @Test func `a name is unique in its tenant, and among those of none`() async throws {
        try await store.insert(user("1", "anna"))
        try await store.insert(user("2", "anna", tenant: "tenant-2"))
        try await store.insert(user("3", "anna", tenant: nil))
        for tenant in ["tenant-1", "tenant-2", nil] {
            await #expect(throws: ControlPlaneError.userNameTaken("anna")) {
                try await store.insert(user("4", "anna", tenant: tenant))
            }
        }
        try await store.deleteUser(UserID("3"), in: .everything)
        try await store.insert(user("4", "anna", tenant: nil))
    }

    @Test func `a tenant has so many users and no more`() async throws {
        for index in 0..<User.countMax { try await store.insert(user("\(index)", "n\(index)")) }
        await #expect(throws: ControlPlaneError.tooManyAccounts(max: User.countMax)) {
            try await store.insert(user("x", "x"))
        }
        try await store.insert(user("x", "x", tenant: "tenant-2"))
        try await store.insert(user("y", "y", tenant: nil))
    }

    @Test func `nobody sees or changes a user who sees more than they do`() async throws {
        try await store.insert(user("wide", "wide"))
        try await store.insert(user("dev", "dev", envs: ["dev"]))
        try await store.insert(user("both", "both", envs: ["dev", "staging"]))
        try await store.insert(user("other", "other", tenant: "tenant-2"))
        try await store.insert(user("root", "root", tenant: nil))
        for (scope, visible) in [
            (Scope.everything, ["wide", "dev", "both", "other", "root"]),
            (.tenant("tenant-1"), ["wide", "dev", "both"]), (.tenant("tenant-2"), ["other"]),
            (.environments(["dev"], of: "tenant-1"), ["dev"]),
            (.environments(["dev", "staging"], of: "tenant-1"), ["dev", "both"]),
        ] {
            let page = try await store.users(UserQuery(scope: scope))
            #expect(Set(page.items.map(\.name)) == Set(visible))
            for name in ["wide", "dev", "both", "other", "root"] {
                let id = UserID(name)
                let isVisible = visible.contains(name)
                #expect((try await store.user(id, in: scope) != nil) == isVisible)
                guard !isVisible else { continue }
                await #expect(throws: ControlPlaneError.unknownUser(id)) {
                    _ = try await store.change(id, in: scope, .disable, by: "x", at: epoch)
                }
                await #expect(throws: ControlPlaneError.unknownUser(id)) {
                    try await store.deleteUser(id, in: scope)
                }
            }
        }
        #expect(try await store.allUsers().allSatisfy { $0.version == 1 && $0.disabledAt == nil })
    }

    @Test func `a session comes back, is renewed from its newest proof alone, and ends once`()
        async throws
    {
        try await store.insert(user("1", "anna"))
        let stored = session("s", of: "1")
        try await store.insert(stored, of: user("1", "anna"))
        #expect(try await store.session(stored.id) == stored)
        #expect(try await store.user(UserID("1"), in: .everything)?.lastLoginAt == epoch)
        let proofs = [
            stored.proof, TokenProof(salt: [2], hash: [2]), TokenProof(salt: [3], hash: [3]),
        ]
        func renew(_ old: Int, _ new: Int) async throws -> Bool {
            try await store.renew(
                stored.id, from: proofs[old], to: proofs[new], until: epoch + Double(new))
        }
        #expect(try await renew(0, 1))
        #expect(try await !renew(0, 2))
        #expect(try await store.session(stored.id)?.proof == proofs[1])
        #expect(try await store.session(stored.id)?.expiresAt == epoch + 1)
        try await store.end(stored.id, at: epoch + 5)
        try await store.end(stored.id, at: epoch + 6)
        #expect(try await store.session(stored.id)?.endedAt == epoch + 5)
        #expect(try await !renew(1, 2))
        #expect(try await store.sessionsEnded(since: epoch + 5) == [stored.id])
        #expect(try await store.sessionsEnded(since: epoch + 6).isEmpty)
        try await store.end(SessionID("none"), at: epoch)
    }

    @Test func `what ends a user's sessions ends its own, and a deletion takes them along`()
        async throws
    {
        for id in ["1", "2"] {
            try await store.insert(user(id, "n\(id)"))
            try await store.insert(session("s\(id)", of: id), of: user(id, "n\(id)"))
        }
        for (change, ends) in [
            (UserChange.enable, false),
            (.details(description: "", role: .viewer, scope: .tenant("tenant-1")), false),
            (.disable, true), (.password(hash: "x"), true),
        ] {
            let id = SessionID("of \(change)")
            let owner = try #require(try await store.user(UserID("1"), in: .everything))
            try await store.insert(session(id.text, of: "1"), of: owner)
            _ = try await store.change(
                UserID("1"), in: .everything, change, by: "x", at: epoch + 1)
            #expect((try await store.session(id)?.endedAt != nil) == ends)
            // Who logged in as the user was before comes too late.
            await #expect(throws: ControlPlaneError.unknownUser(owner.id)) {
                try await store.insert(session("late", of: "1"), of: owner)
            }
        }
        #expect(try await store.session(SessionID("s2"))?.endedAt == nil)
        try await store.deleteUser(UserID("1"), in: .everything)
        #expect(try await store.session(SessionID("s1")) == nil)
        await #expect(throws: ControlPlaneError.unknownUser(UserID("1"))) {
            try await store.insert(session("late", of: "1"), of: user("1", "n1"))
        }
    }

    @Test func `a user has so many sessions, the newest, and ended ones are forgotten`()
        async throws
    {
        try await store.insert(user("1", "anna"))
        for number in 0...Session.countMax {
            try await store.insert(
                session("s\(number)", of: "1", created: epoch + Double(number)),
                of: user("1", "anna"))
        }
        #expect(try await store.session(SessionID("s0")) == nil)
        #expect(try await store.session(SessionID("s1")) != nil)
        try await store.end(SessionID("s1"), at: epoch + 100)
        try await store.forgetEndedSessions(at: epoch + 100 + 86_400)
        #expect(try await store.session(SessionID("s1")) != nil)
        try await store.forgetEndedSessions(at: epoch + 101 + 86_400)
        #expect(try await store.session(SessionID("s1")) == nil)
        #expect(try await store.session(SessionID("s2")) != nil)
        let later = epoch + 100 + Session.idleMax / .seconds(1) + 86_400
        try await store.forgetEndedSessions(at: later)
        #expect(try await store.session(SessionID("s2")) == nil)
    }
}
