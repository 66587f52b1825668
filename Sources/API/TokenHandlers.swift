import ControlPlane
import Foundation
import HTTP
import JSON

enum TokenHandlers {
    static func create(_ call: Call) async throws(Problem) -> Response {
        let id = TokenID(call.newID)
        guard let text = TokenText(newFor: id), let proof = text.newProof() else {
            throw .noRandomNumbers
        }
        let token = try await token(id, proof, call)
        try await call.perform { () async throws(ControlPlaneError) in
            let names = call.services.authenticator.configuredNames(
                in: token.scope.tenantID ?? "")
            guard !names.contains(token.name) else { throw .tokenNameTaken(token.name) }
            try await call.services.tokens.insert(token)
        }
        call.services.authenticator.issued.add(token)
        log("token made", token.id, call, name: token.name)
        return created(token, secret: text.text, call)
    }

    /// The secret is nowhere any more.
    static func recall(_ call: Call, _ id: String) async throws(Problem) -> Response? {
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.tokens.token(TokenID(id), in: call.scope)
        }
        return found.map { created($0, secret: nil, call) }
    }

    /// The answer as it may be stored.
    static func withoutSecret(_ response: Response) -> Response {
        var response = response
        // Ours, and so always JSON; what is not is not kept at all.
        var members = (try? JSONReader.document(response.body))?.members ?? [:]
        members["token"] = .null
        response.body = JSONValue.object(members).encodedBytes
        return response
    }

    static func list(_ call: Call) async throws(Problem) -> Response {
        let query = TokenQuery(
            scope: call.scope, tenantID: call.query("tenantId"), page: try Pages.request(call))
        let page = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.tokens.tokens(query)
        }
        return Pages.response(page, call) { .object(members(of: $0, call)) }
    }

    static func read(_ call: Call) async throws(Problem) -> Response {
        let id = TokenID(call.parameter("id"))
        let found = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.tokens.token(id, in: call.scope)
        }
        guard let found else { throw .notFound("token \(id)") }
        return .json(200, .object(members(of: found, call)))
    }

    static func revoke(_ call: Call) async throws(Problem) -> Response {
        let id = TokenID(call.parameter("id"))
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.tokens.revokeToken(
                id, in: call.scope, by: call.principal.name, at: call.services.time.now)
        }
        // Stored first: what was answered as revoked must not come back with the next start.
        call.services.authenticator.issued.remove(id)
        log("token revoked", id, call)
        return Response(status: 204)
    }

    private static func log(_ event: String, _ id: TokenID, _ call: Call, name: String? = nil) {
        call.services.logger.info(
            event,
            [
                "tokenId": .string(id.text), "name": .string(name ?? ""),
                "by": .string(call.principal.name), "requestId": .string(call.requestID),
            ])
    }

    private static func created(_ token: APIToken, secret: String?, _ call: Call) -> Response {
        var members = members(of: token, call)
        members["token"] = JSONValue(secret)
        return .json(201, .object(members), headers: ["Location": "/v1/tokens/\(token.id)"])
    }

    private static func members(of token: APIToken, _ call: Call) -> [String: JSONValue] {
        var environments: JSONValue = .null
        if case .environments(let names, of: _) = token.scope { environments = JSONValue(names) }
        let lastUse = call.services.authenticator.issued.lastUse(of: token.id)
        return [
            "id": .string(token.id.text), "name": .string(token.name),
            "description": .string(token.description),
            "tenantId": .string(token.scope.tenantID ?? ""), "envIds": environments,
            "role": .string(token.role.rawValue),
            "state": .string(token.state(at: call.services.time.now).rawValue),
            "createdAt": JSONValue(token.createdAt), "createdBy": .string(token.createdBy),
            "expiresAt": JSONValue(token.expiresAt),
            "lastUsedAt": JSONValue(lastUse ?? token.lastUsedAt),
            "revokedAt": JSONValue(token.revokedAt), "revokedBy": JSONValue(token.revokedBy),
        ]
    }
}

extension TokenHandlers {
    /// The token that the body asks for, for a place that exists and that the caller sees all of.
    private static func token(_ id: TokenID, _ proof: TokenProof, _ call: Call)
        async throws(Problem) -> APIToken
    {
        let now = call.services.time.now
        let (expiresAt, timeFaults) = expiry(call, at: now)
        let catalog = await call.services.orchestrator.currentCatalog
        let environments = call["envIds"]?.items?.compactMap(\.text)
        let tenant = call["tenantId"]?.text ?? ""
        let faults =
            placeFaults(tenant, environments, catalog, call.scope) + timeFaults
        guard faults.isEmpty else { throw .invalid(faults) }
        guard let role = call["role"]?.text.flatMap(Role.init), call.principal.mayGrant(role)
        else {
            throw Problem(
                .forbidden,
                detail: "a token may do no more than the role \(call.principal.role.rawValue), "
                    + "which is the caller's own")
        }
        return APIToken(
            id: id, name: call["name"]?.text ?? "", description: call["description"]?.text ?? "",
            role: role, scope: Scope(tenant: tenant, environments: environments), proof: proof,
            createdAt: now, createdBy: call.principal.name, expiresAt: expiresAt)
    }

    private static func expiry(_ call: Call, at now: Date) -> (Date?, [FieldError]) {
        let date = call["expiresAt"]?.text.flatMap(Timestamp.parse)
        let seconds = call["expiresIn"]?.seconds
        switch (date, seconds) {
        case (nil, nil): return (nil, [])
        case (nil, let seconds?): return (now.addingTimeInterval(seconds), [])
        case (let date?, nil) where date > now: return (date, [])
        case (_, nil):
            return (nil, [FieldError(pointer: "/expiresAt", message: "must be in the future")])
        default:
            let message = "must not be given together with expiresAt"
            return (nil, [FieldError(pointer: "/expiresIn", message: message)])
        }
    }

    /// A tenant or an environment of somebody else is told apart from none by nothing.
    static func placeFaults(
        _ tenantID: String, _ environments: [String]?, _ catalog: Catalog, _ scope: Scope
    ) -> [FieldError] {
        guard let tenant = catalog.tenant(tenantID), scope.knows(tenant: tenantID) else {
            return [FieldError(pointer: "/tenantId", message: "is no tenant known to you")]
        }
        let visible = tenant.environments(in: scope)
        guard let environments else {
            guard case .environments = scope else { return [] }
            let message = "must be given, because your own token is for these only: "
            return [
                FieldError(
                    pointer: "/envIds", message: message + visible.joined(separator: ", "))
            ]
        }
        guard !environments.isEmpty else {
            let message = "must name an environment, or be left out for all of them"
            return [FieldError(pointer: "/envIds", message: message)]
        }
        return FieldError.collect(environments.enumerated()) { index, name in
            guard !visible.contains(name) else { return [] }
            return [
                FieldError(
                    pointer: "/envIds/\(index)",
                    message: Definitions.noEnvironment(of: tenant, but: visible))
            ]
        }
    }
}
