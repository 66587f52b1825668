import ControlPlane

/// People who log in here.
extension Schemas {
    static let rolesOfUsers: [Role] = rolesOfTokens + [.administrator]

    static let loginInput = ObjectSchema("LoginInput", credentials)

    static let ownPasswordInput = ObjectSchema(
        "OwnPasswordInput",
        credentials + [required("newPassword", newPassword, "From now on")])

    static let refreshInput = ObjectSchema(
        "RefreshInput",
        [required("refreshToken", .text(max: 200), "Of the answer before; it is used up by this")])

    static let logoutInput = ObjectSchema(
        "LogoutInput",
        [optional("refreshToken", .text(max: 200), "Of the session that is to end")])

    static let login = ObjectSchema(
        "Login",
        [
            required(
                "accessToken", .text(max: JSONWebToken.bytesMax), "For Authorization: Bearer"),
            required("tokenType", .oneOf(["Bearer"]), "How the access token is sent"),
            required(
                "expiresIn", .integer(1...86_400), "Seconds for which the access token is valid"),
            required("refreshToken", .text(max: 200), "For new tokens, once"),
            required("refreshExpiresAt", .timestamp, "Until then; from then on, log in again"),
            required("user", .object(user), "Who has logged in"),
        ])

    static let userInput = ObjectSchema(
        "UserInput",
        [
            required("name", userName, "What it logs in with; unique in its tenant"),
            optional(
                "tenantId", .nullable(.text(1, max: 100)),
                "The tenant that it is of; none for a user of all tenants"),
        ] + details + [required("password", newPassword, "Its first one")])

    static let userChange = ObjectSchema("UserChange", details)

    static let passwordInput = ObjectSchema(
        "PasswordInput", [required("password", newPassword, "From now on")])

    static let userPage = page("UserPage", of: user)

    static let user = ObjectSchema(
        "User",
        [
            required("id", .text(max: 100), "UUID"),
            required("name", .text(max: 64), "What it logs in with"),
            required("description", .text(max: 2000), "Who it is"),
            required("tenantId", .nullable(.text(max: 100)), "Null is all tenants"),
            required(
                "envIds", .nullable(.array(.text(max: 100), countMax: environmentsOfTokenMax)),
                "Its environments; null is all of the tenant"),
            required("role", .oneOf(rolesOfUsers.map(\.rawValue)), "What it may do"),
            required("state", .oneOf(["active", "disabled"]), "Only an active one is let in"),
            required("createdAt", .timestamp, "When"),
            required("createdBy", .text(max: 200), "Who made it"),
            required("updatedAt", .timestamp, "When it was changed, with its password"),
            required("updatedBy", .text(max: 200), "Who changed it"),
            required("passwordChangedAt", .timestamp, "Since when it has its password"),
            required("lastLoginAt", .nullable(.timestamp), "Null is never"),
        ])

    private static let credentials: [ObjectSchema.Field] = [
        required("name", .text(1, max: 64), "The user's name"),
        optional(
            "tenantId", .nullable(.text(1, max: 100)),
            "The user's tenant; none for a user of all tenants"),
        required("password", .text(1, max: passwordMax), "Its password"),
    ]

    private static let details: [ObjectSchema.Field] = [
        optional("description", .text(max: 2000), "Who it is"),
        required(
            "role", .oneOf(rolesOfUsers.map(\.rawValue)),
            "As of tokens; administrator is for users of all tenants. Not more than the caller's"),
        optional(
            "envIds", .array(.text(1, max: 100), countMax: environmentsOfTokenMax),
            "The environments that it is for; all of the tenant's by default"),
    ]

    /// Long ones are welcome; but each is hashed.
    private static let passwordMax = 200

    /// The length is what counts (NIST SP 800-63B, section 5.1.1): nothing is asked of characters.
    private static let newPassword = Schema.text(12, max: passwordMax)

    private static let userName = Schema.string(
        StringRule(
            lengthMin: 1, lengthMax: 64,
            form: (
                "of the characters a-z 0-9 . _ @ + -",
                { text in
                    text.utf8.allSatisfy { byte in
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                            || "._@+-".utf8.contains(byte)
                    }
                }
            )))
}
