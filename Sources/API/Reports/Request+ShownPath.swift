import HTTP

extension Request {
    /// The path as it may be logged. Whoever reads a share link in a log could use it, also one
    /// that was cut off or mistyped on its way.
    var shownPath: String {
        let root = path.firstIndex { $0.lowercased() == ShareHandlers.root }
        let isSecret = path.contains { $0.contains(TokenText.sharePrefix) }
        guard isSecret || (root.map { $0 + 1 < path.count } ?? false) else { return rawPath }
        return "/\(ShareHandlers.root)/***"
    }
}
