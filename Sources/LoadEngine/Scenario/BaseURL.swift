/// What a path of a scenario is put behind: an origin and the beginning of a path.
struct BaseURL: Equatable, Sendable {
    let origin: Origin
    /// Without a slash at its end, and so perhaps empty.
    let path: [UInt8]

    init(_ text: String) throws(ScenarioTarget.Mistake) {
        let bytes = Array(text.utf8)
        let (origin, end) = try Origin.parse(bytes)
        var rest = bytes[end...]
        guard !rest.contains(UInt8(ascii: "?")), !rest.contains(UInt8(ascii: "#")) else {
            throw .init(message: "a base URL has neither a query nor a fragment")
        }
        guard TextTemplate.isPlain(Array(rest)) else {
            throw .init(message: "a base URL has no templates")
        }
        while rest.last == UInt8(ascii: "/") { rest.removeLast() }
        var path: [UInt8] = []
        path.appendTarget(rest)
        (self.origin, self.path) = (origin, path)
    }
}
