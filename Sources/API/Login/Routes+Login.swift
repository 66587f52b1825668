import HTTPServer

/// People who log in here.
extension Routes {
    private static let loginRefusals: [ProblemCode] = [.loginRefused, .tooManyLoginAttempts]

    static let login: [APIRoute] = [
        .init(
            method: "POST", path: "/auth/login", permission: nil,
            summary: "Log in with a password, for tokens", body: Schemas.loginInput,
            answers: [.init(200, "Tokens, and whom they are of", Schemas.login)],
            refusals: loginRefusals + [.loginDisabled, .noRandomNumbers],
            bodyBytesMax: ServerLimits.urgentBodyBytesMax, admission: .logins,
            handler: LoginHandlers.login),
        .init(
            method: "POST", path: "/auth/refresh", permission: nil,
            summary: "Use a refresh token, once, for new tokens; a second use ends the session",
            body: Schemas.refreshInput,
            answers: [.init(200, "Tokens, and whom they are of", Schemas.login)],
            refusals: [.refreshRefused, .loginDisabled, .noRandomNumbers],
            bodyBytesMax: ServerLimits.urgentBodyBytesMax, admission: .sessions,
            handler: LoginHandlers.refresh),
        .init(
            method: "POST", path: "/auth/logout", permission: nil,
            summary: "End the session of the access token, of the refresh token, or of both",
            body: Schemas.logoutInput, bodyIsOptional: true,
            answers: [.init(204, "None of its tokens is valid any more")],
            bodyBytesMax: ServerLimits.urgentBodyBytesMax, admission: .sessions,
            handler: LoginHandlers.logout),
        .init(
            method: "POST", path: "/auth/password", permission: nil,
            summary: "Change one's own password; ends all sessions",
            body: Schemas.ownPasswordInput, answers: [.init(204, "Changed")],
            refusals: loginRefusals + [.notFound, .noRandomNumbers],
            bodyBytesMax: ServerLimits.urgentBodyBytesMax, admission: .logins,
            handler: LoginHandlers.changePassword),
    ]

    static let users: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/users", permission: .administer,
            summary: "Make a user, who can then log in", body: Schemas.userInput,
            answers: [.init(201, "The user", Schemas.user)],
            // No Idempotency-Key: what is stored with one is a digest of the body, from which the
            // password could be guessed. A second user of the name is refused anyway.
            refusals: [.userNameTaken, .tooManyAccounts, .noRandomNumbers], admission: .logins,
            handler: UserHandlers.create),
        .init(
            method: "GET", path: "/v1/users", permission: .administer,
            summary: "List the users, newest first", query: Parameters.tokens,
            answers: [.init(200, "A page of users", Schemas.userPage)], admission: .reads,
            handler: UserHandlers.list),
        .init(
            method: "GET", path: "/v1/users/{id}", permission: .administer, summary: "Read a user",
            answers: [.init(200, "The user", Schemas.user)], refusals: [.notFound],
            admission: .reads, handler: UserHandlers.read),
        .init(
            method: "PUT", path: "/v1/users/{id}", permission: .administer,
            summary: "Change what a user may do, at once; its access tokens are to be refreshed",
            body: Schemas.userChange, answers: [.init(200, "The user", Schemas.user)],
            refusals: [.notFound], admission: .changes, handler: UserHandlers.replace),
        .init(
            method: "DELETE", path: "/v1/users/{id}", permission: .administer,
            summary: "Delete a user; its name stays in what it has made",
            answers: [.init(204, "Deleted")], refusals: [.notFound], admission: .changes,
            handler: UserHandlers.delete),
        .init(
            method: "POST", path: "/v1/users/{id}/disable", permission: .administer,
            summary: "Let a user in no more, at once; ends its sessions",
            answers: [.init(200, "The user", Schemas.user)], refusals: [.notFound],
            admission: .changes, handler: UserHandlers.disable),
        .init(
            method: "POST", path: "/v1/users/{id}/enable", permission: .administer,
            summary: "Let a user in again", answers: [.init(200, "The user", Schemas.user)],
            refusals: [.notFound], admission: .changes, handler: UserHandlers.enable),
        .init(
            method: "POST", path: "/v1/users/{id}/password", permission: .administer,
            summary: "Set a user's password; ends its sessions", body: Schemas.passwordInput,
            answers: [.init(204, "Set")], refusals: [.notFound, .noRandomNumbers],
            admission: .logins, handler: UserHandlers.setPassword),
    ]
}
