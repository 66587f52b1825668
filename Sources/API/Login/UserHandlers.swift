import ControlPlane
import Foundation
import HTTP
import JSON

enum UserHandlers {
    static func create(_ call: Call) async throws(Problem) -> Response {
        let name = call["name"]?.text ?? ""
        let scope = try await scope(of: call["tenantId"]?.text, call)
        let role = try role(in: scope, call)
        let password = try password(at: "password", of: name, call)
        let user = User(
            id: UserID(call.newID), name: name, description: call["description"]?.text ?? "",
            role: role, scope: scope, passwordHash: try await hash(password, call),
            createdAt: call.services.time.now, createdBy: call.principal.name)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.insert(user)
        }
        call.services.authenticator.people.put(user)
        log("user made", user, call.principal.name, call)
        return .json(
            201, .object(members(of: user)), headers: ["Location": "/v1/users/\(user.id)"])
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        let query = UserQuery(
            scope: call.scope, tenantID: call.query("tenantId"), page: try Pages.request(call))
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.users(query)
        }
        return Pages.response(page, call) { .object(members(of: $0)) }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        .json(200, .object(members(of: try await find(call))))
    }

    static func replace(_ call: Call) async throws(Problem) -> Response {
        let user = try await find(call)
        let scope = try await scope(of: user.scope.tenantID, call)
        let details = UserChange.details(
            description: call["description"]?.text ?? "", role: try role(in: scope, call),
            scope: scope)
        return .json(200, .object(members(of: try await change(call, details))))
    }

    static func disable(_ call: Call) async throws(Problem) -> Response {
        .json(200, .object(members(of: try await change(call, .disable))))
    }

    static func enable(_ call: Call) async throws(Problem) -> Response {
        .json(200, .object(members(of: try await change(call, .enable))))
    }

    static func setPassword(_ call: Call) async throws(Problem) -> Response {
        let user = try await find(call)
        let password = try password(at: "password", of: user.name, call)
        _ = try await change(call, .password(hash: try await hash(password, call)))
        return Response(status: 204)
    }

    static func delete(_ call: Call) async throws(Problem) -> Response {
        let user = try await find(call)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.deleteUser(user.id, in: call.scope)
        }
        call.services.authenticator.people.remove(user.id)
        log("user deleted", user, call.principal.name, call)
        return Response(status: 204)
    }
}

extension UserHandlers {
    /// Nil where the machine has no memory or no randomness to give.
    static func hash(_ password: String, _ call: Call) async throws(Problem) -> String {
        guard let hash = await call.services.accounts.passwords.hash(password) else {
            throw .noRandomNumbers
        }
        return hash.text
    }

    /// A password whose length the schema has checked.
    static func password(at field: String, of name: String, _ call: Call) throws(Problem)
        -> String
    {
        let password = call[field]?.text ?? ""
        guard !password.lowercased().contains(name.lowercased()) else {
            throw .invalid([
                FieldError(pointer: "/\(field)", message: "must not have the user's name in it")
            ])
        }
        return password
    }

    /// Stores the change, and lets it act from then on.
    @discardableResult
    static func change(
        _ id: UserID, _ change: UserChange, by actor: String, in scope: Scope, _ call: Call
    ) async throws(Problem) -> User {
        let user = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.change(
                id, in: scope, change, by: actor, at: call.services.time.now)
        }
        call.services.authenticator.people.put(user)
        if change.endsSessions {
            let key = LoginHandlers.throttleKey(user.name, user.scope.tenantID)
            call.services.accounts.throttle.withLock { $0.forget(key) }
        }
        log(event(of: change), user, actor, call)
        return user
    }

    static func members(of user: User) -> [String: JSONValue] {
        var environments: JSONValue = .null
        if case .environments(let names, of: _) = user.scope { environments = JSONValue(names) }
        return [
            "id": .string(user.id.text), "name": .string(user.name),
            "description": .string(user.description), "tenantId": JSONValue(user.scope.tenantID),
            "envIds": environments, "role": .string(user.role.rawValue),
            "state": .string(user.disabledAt == nil ? "active" : "disabled"),
            "createdAt": JSONValue(user.createdAt), "createdBy": .string(user.createdBy),
            "updatedAt": JSONValue(user.updatedAt), "updatedBy": .string(user.updatedBy),
            "passwordChangedAt": JSONValue(user.passwordChangedAt),
            "lastLoginAt": JSONValue(user.lastLoginAt),
        ]
    }

    private static func change(_ call: Call, _ change: UserChange) async throws(Problem) -> User {
        try await self.change(
            UserID(call.parameter("id")), change, by: call.principal.name, in: call.scope, call)
    }

    private static func find(_ call: Call) async throws(Problem) -> User {
        let id = UserID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.accounts.store.user(id, in: call.scope)
        }
        guard let found else { throw .notFound("user \(id)") }
        return found
    }

    /// The place that the body asks for, which exists and which the caller sees all of.
    ///
    /// - Parameter tenant: nil for all tenants.
    private static func scope(of tenant: String?, _ call: Call) async throws(Problem) -> Scope {
        let environments = call["envIds"]?.items?.compactMap(\.text)
        guard let tenant else {
            guard call.scope == .everything else {
                let message = "must be given, because you are not of all tenants yourself"
                throw .invalid([FieldError(pointer: "/tenantId", message: message)])
            }
            guard environments == nil else {
                let message = "must not be given without a tenant"
                throw .invalid([FieldError(pointer: "/envIds", message: message)])
            }
            return .everything
        }
        let catalog = await call.services.orchestrator.currentCatalog
        let faults = TokenHandlers.placeFaults(tenant, environments, catalog, call.scope)
        guard faults.isEmpty else { throw .invalid(faults) }
        return Scope(tenant: tenant, environments: environments)
    }

    private static func role(in scope: Scope, _ call: Call) throws(Problem) -> Role {
        // The one is for all tenants, the other for one.
        let wrong: Role = scope == .everything ? .admin : .administrator
        guard let role = call["role"]?.text.flatMap(Role.init), role != wrong else {
            let message =
                scope == .everything
                ? "must not be admin without a tenant; that is the role administrator"
                : "must not be administrator in a tenant; that is the role admin"
            throw .invalid([FieldError(pointer: "/role", message: message)])
        }
        guard call.principal.mayGrant(role) else {
            throw Problem(
                .forbidden,
                detail: "a user may do no more than the role \(call.principal.role.rawValue), "
                    + "which is the caller's own")
        }
        return role
    }

    private static func event(of change: UserChange) -> String {
        switch change {
        case .details: "user changed"
        case .password: "password changed"
        case .disable: "user disabled"
        case .enable: "user enabled"
        }
    }

    private static func log(_ event: String, _ user: User, _ actor: String, _ call: Call) {
        call.services.logger.info(
            event,
            [
                "userId": .string(user.id.text), "user": .string(user.actor),
                "by": .string(actor), "requestId": .string(call.requestID),
            ])
    }
}
