import ControlPlane
import Foundation
import SQLite

extension HistoryStore: TokenStore {
    package func insert(_ token: APIToken) throws(ControlPlaneError) {
        let tenant = token.scope.tenantID ?? ""
        try transact { connection in
            let names = try connection.query(
                "SELECT name FROM api_tokens WHERE tenant_id = ? AND \(Self.isUnended)",
                [.text(tenant), Coding.milliseconds(token.createdAt)]
            ) { try $0.text(0) }
            guard !names.contains(token.name) else {
                throw ControlPlaneError.tokenNameTaken(token.name)
            }
            guard names.count < APIToken.countMax else {
                throw ControlPlaneError.tooManyTokens(max: APIToken.countMax)
            }
            _ = try connection.run(
                """
                INSERT INTO api_tokens (id, tenant_id, env_ids, name, description, role, salt,
                    hash, created_at, created_by, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(token.id.text), .text(tenant), try Self.environments(of: token.scope),
                    .text(token.name), .text(token.description), .text(token.role.rawValue),
                    .blob(token.proof.salt), .blob(token.proof.hash),
                    Coding.milliseconds(token.createdAt), .text(token.createdBy),
                    token.expiresAt.map { Coding.milliseconds($0) } ?? .null,
                ])
        }
    }

    package nonisolated func token(_ id: TokenID, in scope: Scope)
        async throws(ControlPlaneError) -> APIToken?
    {
        try await read { connection in
            let filter = Self.filter(for: id, scope)
            return try connection.query(
                "SELECT \(Self.tokenColumns) FROM api_tokens \(filter.clause)", filter.values
            ) { try Self.token($0, from: 0) }.first
        }
    }

    package nonisolated func tokens(_ query: TokenQuery) async throws(ControlPlaneError)
        -> Page<APIToken>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require(placesWithin: query.scope)
            filter.require("tenant_id", equals: query.tenantID)
            let list = ListQuery(
                table: "api_tokens", columns: Self.tokenColumns, filter: filter,
                column: "created_at", isDescending: true, isNumber: true, page: query.page)
            return try list.page(connection, item: Self.token)
        }
    }

    package nonisolated func unendedTokens(at now: Date) async throws(ControlPlaneError)
        -> [APIToken]
    {
        try await readMuch { connection in
            try connection.query(
                "SELECT \(Self.tokenColumns) FROM api_tokens WHERE \(Self.isUnended)",
                [Coding.milliseconds(now)]
            ) { try Self.token($0, from: 0) }
        }
    }

    package func revokeToken(_ id: TokenID, in scope: Scope, by actor: String, at now: Date)
        throws(ControlPlaneError)
    {
        try transact { connection in
            let filter = Self.filter(for: id, scope)
            let changed = try connection.run(
                """
                UPDATE api_tokens SET revoked_at = coalesce(revoked_at, ?),
                    revoked_by = coalesce(revoked_by, ?) \(filter.clause)
                """, [Coding.milliseconds(now), .text(actor)] + filter.values)
            guard changed == 1 else { throw ControlPlaneError.unknownToken(id) }
        }
    }

    package func noteUses(_ uses: [TokenID: Date]) throws(ControlPlaneError) {
        guard !uses.isEmpty else { return }
        try transact { connection in
            for (id, time) in uses {
                _ = try connection.run(
                    "UPDATE api_tokens SET last_used_at = ? WHERE id = ?",
                    [Coding.milliseconds(time), .text(id.text)])
            }
        }
    }

    /// Deletes the tokens that ended long ago, so that a client which makes one per job does not
    /// fill the store.
    package func forgetEndedTokens(at now: Date) throws(ControlPlaneError) {
        let kept = Double(APIToken.endedKept.components.seconds)
        let oldest = Coding.milliseconds(now.addingTimeInterval(-kept))
        try perform { connection in
            _ = try connection.run(
                "DELETE FROM api_tokens WHERE revoked_at < ?1 OR expires_at < ?1", [oldest])
        }
    }
}

extension HistoryStore {
    /// Takes the time now.
    private static let isUnended = "revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)"

    private static let tokenColumns = """
        id, name, description, role, tenant_id, env_ids, salt, hash, created_at, created_by,
        expires_at, revoked_at, revoked_by, last_used_at
        """

    /// Reads `tokenColumns`, the first of which is number `start`.
    private static func token(_ row: Row, from start: Int) throws -> APIToken {
        let roleName = try row.text(start + 3)
        guard let role = Role(rawValue: roleName) else {
            throw ControlPlaneError.store("a stored token has the unknown role \(roleName)")
        }
        let environments = try row.optionalText(start + 5).map {
            try Coding.decode([String].self, $0)
        }
        var token = APIToken(
            id: TokenID(try row.text(start)), name: try row.text(start + 1),
            description: try row.text(start + 2), role: role,
            scope: Scope(tenant: try row.text(start + 4), environments: environments),
            proof: TokenProof(salt: try row.blob(start + 6), hash: try row.blob(start + 7)),
            createdAt: Coding.date(try row.int(start + 8)), createdBy: try row.text(start + 9),
            expiresAt: try row.optionalInt(start + 10).map(Coding.date))
        token.revokedAt = try row.optionalInt(start + 11).map(Coding.date)
        token.revokedBy = try row.optionalText(start + 12)
        token.lastUsedAt = try row.optionalInt(start + 13).map(Coding.date)
        return token
    }

    static func environments(of scope: Scope) throws -> Value {
        guard case .environments(let names, of: _) = scope else { return .null }
        return try Coding.json(names)
    }

    private static func filter(for id: TokenID, _ scope: Scope) -> Filter {
        var filter = Filter()
        filter.require("id = ?", .text(id.text))
        filter.require(placesWithin: scope)
        return filter
    }
}

extension Filter {
    /// Only tokens, or users, that see no more than the caller does.
    mutating func require(placesWithin scope: Scope) {
        if let tenant = scope.tenantID { require("tenant_id = ?", .text(tenant)) }
        guard case .environments(let names, of: _) = scope else { return }
        requireAll(
            """
            env_ids IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(env_ids)
                WHERE value NOT IN (\(Self.marks(names.count))))
            """, names.map { .text($0) })
    }
}
