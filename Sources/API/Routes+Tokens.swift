extension Routes {
    static let tokens: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/tokens", permission: .administer,
            summary: "Make a token; it is shown in this answer and never again",
            body: Schemas.tokenInput,
            answers: [.init(201, "The token, with its secret", Schemas.newToken)],
            refusals: [.tokenNameTaken, .tooManyTokens, .noRandomNumbers],
            recall: TokenHandlers.recall, keptForm: TokenHandlers.withoutSecret,
            admission: .changes, handler: TokenHandlers.create),
        .init(
            method: "GET", path: "/v1/tokens", permission: .administer,
            summary: "List the tokens that were made here, newest first",
            query: Parameters.tokens,
            answers: [.init(200, "A page of tokens", Schemas.tokenPage)],
            admission: .reads, handler: TokenHandlers.list),
        .init(
            method: "GET", path: "/v1/tokens/{id}", permission: .administer,
            summary: "Read a token, without its secret",
            answers: [.init(200, "The token", Schemas.token)], refusals: [.notFound],
            admission: .reads, handler: TokenHandlers.read),
        .init(
            method: "DELETE", path: "/v1/tokens/{id}", permission: .administer,
            summary: "Revoke a token at once and for good; repeating it is no error",
            answers: [.init(204, "Revoked")], refusals: [.notFound],
            admission: .changes, handler: TokenHandlers.revoke),
    ]
}
