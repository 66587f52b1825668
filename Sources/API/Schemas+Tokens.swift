import ControlPlane

/// Tokens that are made over the API.
extension Schemas {
    static let environmentsOfTokenMax = 100
    /// A second to ten years.
    private static let lifetime = Schema.duration(1...315_360_000)
    /// The service's own administrator and the hooks are the configuration's.
    static let rolesOfTokens: [Role] = [.viewer, .operator, .editor, .admin]

    static let tokenInput = ObjectSchema(
        "TokenInput",
        [
            required(
                "name", tokenName,
                "The actor in createdBy and updatedBy; no other token of the tenant, also of the "
                    + "configuration, may have it at the same time"),
            optional("description", .text(max: 2000), "What it is for"),
            required("tenantId", .text(1, max: 100), "The tenant that it is for"),
            optional(
                "envIds", .array(.text(1, max: 100), countMax: environmentsOfTokenMax),
                "The environments that it is for: those of others do not exist for it. All of the "
                    + "tenant's by default"),
            required(
                "role", .oneOf(rolesOfTokens.map(\.rawValue)),
                "viewer reads, operator also starts and stops, editor also defines, admin also "
                    + "makes tokens; not more than the caller's own"),
            optional("expiresAt", .timestamp, "When it ends by itself; never by default"),
            optional("expiresIn", lifetime, "The same as a time from now"),
        ])

    static let token = ObjectSchema("Token", tokenFields)

    static let newToken = ObjectSchema(
        "NewToken",
        tokenFields + [
            required(
                "token", .nullable(.text(max: TokenText.length)),
                "The secret, in this answer only: swk_[0-9a-f]{32}_[0-9A-Za-z]{49}. Null in the "
                    + "answer to a repeated request, because it was not kept: revoke the token "
                    + "and make another")
        ])

    static let tokenPage = page("TokenPage", of: token)

    private static let tokenFields: [ObjectSchema.Field] = [
        required("id", .text(max: 100), "UUID; without its dashes it is in the token"),
        required("name", .text(max: 200), "The actor in createdBy and updatedBy"),
        required("description", .text(max: 2000), "What it is for"),
        required("tenantId", .text(max: 100), "Tenant"),
        required(
            "envIds", .nullable(.array(.text(max: 100), countMax: environmentsOfTokenMax)),
            "Its environments; null is all of the tenant"),
        required("role", .oneOf(rolesOfTokens.map(\.rawValue)), "What it may do"),
        required(
            "state", .oneOf(APIToken.State.allCases.map(\.rawValue)),
            "Only an active one is valid; others are kept for 90 days"),
        required("createdAt", .timestamp, "When"),
        required("createdBy", .text(max: 200), "The token that made it"),
        required("expiresAt", .nullable(.timestamp), "Null is never"),
        required("lastUsedAt", .nullable(.timestamp), "To the minute; null is not yet"),
        required("revokedAt", .nullable(.timestamp), "Null for one that was not revoked"),
        required("revokedBy", .nullable(.text(max: 200)), "The token that revoked it"),
    ]

    private static let tokenName = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: 200,
            form: (
                "without control characters and colons, which people have in their names",
                { text in
                    !text.unicodeScalars.contains {
                        $0 == ":" || $0.properties.generalCategory == .control
                    }
                }
            )))
}
