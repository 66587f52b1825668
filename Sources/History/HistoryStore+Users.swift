import ControlPlane
import Foundation
import SQLite

extension HistoryStore: AccountStore {
    package func insert(_ user: User) throws(ControlPlaneError) {
        let tenant: Value = user.scope.tenantID.map { .text($0) } ?? .null
        try transact { connection in
            let names = try connection.query(
                "SELECT name FROM users WHERE tenant_id IS ?", [tenant]
            ) { try $0.text(0) }
            guard !names.contains(user.name) else {
                throw ControlPlaneError.userNameTaken(user.name)
            }
            guard names.count < User.countMax else {
                throw ControlPlaneError.tooManyAccounts(max: User.countMax)
            }
            let created = Coding.milliseconds(user.createdAt)
            _ = try connection.run(
                """
                INSERT INTO users (id, tenant_id, env_ids, name, description, role, password_hash,
                    version, created_at, created_by, updated_at, updated_by, password_changed_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    .text(user.id.text), tenant, try Self.environments(of: user.scope),
                    .text(user.name), .text(user.description), .text(user.role.rawValue),
                    .text(user.passwordHash), .int(Int64(user.version)), created,
                    .text(user.createdBy), created, .text(user.createdBy), created,
                ])
        }
    }

    package nonisolated func user(_ id: UserID, in scope: Scope)
        async throws(ControlPlaneError) -> User?
    {
        try await read { connection in try Self.user(id, in: scope, connection) }
    }

    package nonisolated func users(_ query: UserQuery) async throws(ControlPlaneError)
        -> Page<User>
    {
        try await readMuch { connection in
            var filter = Filter()
            filter.require(placesWithin: query.scope)
            filter.require("tenant_id", equals: query.tenantID)
            let list = ListQuery(
                table: "users", columns: Self.userColumns, filter: filter, column: "created_at",
                isDescending: true, isNumber: true, page: query.page)
            return try list.page(connection, item: Self.user)
        }
    }

    package nonisolated func allUsers() async throws(ControlPlaneError) -> [User] {
        try await readMuch { connection in
            try connection.query("SELECT \(Self.userColumns) FROM users", []) {
                try Self.user($0, from: 0)
            }
        }
    }

    package func change(
        _ id: UserID, in scope: Scope, _ change: UserChange, by actor: String, at now: Date
    ) throws(ControlPlaneError) -> User {
        try transact { connection in
            let filter = Self.filter(for: id, scope)
            let time = Coding.milliseconds(now)
            let (assignments, values) = try Self.assignments(of: change, at: time)
            let changed = try connection.run(
                """
                UPDATE users SET version = version + 1, updated_at = ?, updated_by = ?,
                    \(assignments) \(filter.clause)
                """, [time, .text(actor)] + values + filter.values)
            guard changed == 1, let user = try Self.user(id, in: .everything, connection) else {
                throw ControlPlaneError.unknownUser(id)
            }
            if change.endsSessions {
                _ = try connection.run(
                    "UPDATE sessions SET ended_at = ? WHERE user_id = ? AND ended_at IS NULL",
                    [time, .text(id.text)])
            }
            return user
        }
    }

    package func deleteUser(_ id: UserID, in scope: Scope) throws(ControlPlaneError) {
        try transact { connection in
            let filter = Self.filter(for: id, scope)
            let deleted = try connection.run(
                "DELETE FROM users \(filter.clause)", filter.values)
            guard deleted == 1 else { throw ControlPlaneError.unknownUser(id) }
        }
    }
}

extension HistoryStore {
    private static let userColumns = """
        id, name, description, role, tenant_id, env_ids, password_hash, version, disabled_at,
        created_at, created_by, updated_at, updated_by, password_changed_at, last_login_at
        """

    private static func assignments(of change: UserChange, at time: Value) throws
        -> (String, [Value])
    {
        switch change {
        case .details(let description, let role, let scope):
            (
                "description = ?, role = ?, env_ids = ?",
                [.text(description), .text(role.rawValue), try environments(of: scope)]
            )
        case .password(let hash):
            ("password_hash = ?, password_changed_at = ?", [.text(hash), time])
        case .disable: ("disabled_at = coalesce(disabled_at, ?)", [time])
        case .enable: ("disabled_at = NULL", [])
        }
    }

    private static func user(_ id: UserID, in scope: Scope, _ connection: Connection) throws
        -> User?
    {
        let filter = filter(for: id, scope)
        return try connection.query(
            "SELECT \(userColumns) FROM users \(filter.clause)", filter.values
        ) { try user($0, from: 0) }.first
    }

    /// Reads `userColumns`, the first of which is number `start`.
    private static func user(_ row: Row, from start: Int) throws -> User {
        let roleName = try row.text(start + 3)
        guard let role = Role(rawValue: roleName) else {
            throw ControlPlaneError.store("a stored user has the unknown role \(roleName)")
        }
        let environments = try row.optionalText(start + 5).map {
            try Coding.decode([String].self, $0)
        }
        let scope = try row.optionalText(start + 4).map {
            Scope(tenant: $0, environments: environments)
        }
        var user = User(
            id: UserID(try row.text(start)), name: try row.text(start + 1),
            description: try row.text(start + 2), role: role, scope: scope ?? .everything,
            passwordHash: try row.text(start + 6), createdAt: Coding.date(try row.int(start + 9)),
            createdBy: try row.text(start + 10))
        user.version = try row.int(start + 7)
        user.disabledAt = try row.optionalInt(start + 8).map(Coding.date)
        user.updatedAt = Coding.date(try row.int(start + 11))
        user.updatedBy = try row.text(start + 12)
        user.passwordChangedAt = Coding.date(try row.int(start + 13))
        user.lastLoginAt = try row.optionalInt(start + 14).map(Coding.date)
        return user
    }

    private static func filter(for id: UserID, _ scope: Scope) -> Filter {
        var filter = Filter()
        filter.require("id = ?", .text(id.text))
        filter.require(placesWithin: scope)
        return filter
    }
}
