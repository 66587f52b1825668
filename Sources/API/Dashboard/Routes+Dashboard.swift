/// The page, and what it alone needs.
extension Routes {
    static let dashboard: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/me", permission: .read,
            summary: "Whose token this is, and what it may do",
            answers: [.init(200, "The caller", Schemas.me)], asksStore: false, admission: .reads,
            audit: .none, handler: MeHandlers.read),
        page("/", "The dashboard", types: ["text/html"], PageHandlers.index),
        page(
            "/assets/{name}", "A file of the dashboard", types: assetTypes, refusals: [.notFound],
            PageHandlers.asset),
        page(
            "/assets/{folder}/{name}", "A file of the dashboard", types: assetTypes,
            refusals: [.notFound], PageHandlers.folderAsset),
    ]

    private static let assetTypes = ["text/css", "text/html", "text/javascript", "image/svg+xml"]

    /// Without a budget: one visit asks for dozens of files, each of which costs next to nothing,
    /// and must not use up what its address has for logins.
    private static func page(
        _ path: String, _ summary: String, types: [String], refusals: [ProblemCode] = [],
        _ handler: @escaping APIRoute.Handler
    ) -> APIRoute {
        .init(
            method: "GET", path: path, permission: nil, summary: summary,
            answers: [
                .init(200, "The file", types: types),
                .init(304, "The one that If-None-Match names is still right"),
            ], refusals: refusals, asksStore: false, admission: nil, audit: .none, budget: nil,
            handler: handler)
    }
}
