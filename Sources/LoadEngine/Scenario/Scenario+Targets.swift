extension Scenario {
    /// Reads a list of targets in any of Vegeta's formats, to be sent one after the other:
    ///
    /// - JSON: an array of objects, or one object a line, with `method`, `url`, `header` (lists of
    ///   values by name) and `body` in Base64
    /// - text: `METHOD URL`, then a line for each header, then `@FILE` for a body, then an empty
    ///   line; lines that begin with `#` are comments
    ///
    /// Braces mean themselves here. A URL may be a path, for a base URL.
    ///
    /// - Parameters:
    ///   - hasBaseURL: whether there will be one for URLs that are paths.
    ///   - readFile: gives the content of a file, at most `ScenarioLimits.bodyBytesMax` and one
    ///     byte of it, or nil if there is none; without it bodies in files are refused.
    /// - Throws: everything that is wrong, with pointers such as `/3/url` in an array, and else
    ///   with the number of the line, in the order of the lines.
    package static func targets(
        _ bytes: [UInt8], hasBaseURL: Bool = true, readFile: ((String) -> [UInt8]?)? = nil
    ) throws(ScenarioError) -> Scenario {
        var list = TargetList(hasBaseURL: hasBaseURL)
        switch bytes.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "["): list.readArray(bytes)
        case UInt8(ascii: "{"): list.readLines(bytes)
        default: list.readText(bytes, readFile: readFile)
        }
        let requests = try list.finish()
        guard !requests.isEmpty else { throw ScenarioError("", "expected at least one target") }
        guard requests.count <= ScenarioLimits.targetsMax else {
            throw ScenarioError("", "at most \(ScenarioLimits.targetsMax) targets are allowed")
        }
        return Scenario(order: .rotation, requests: requests)
    }

    /// Reads a list of targets in Base64, as JSON bodies carry one.
    package static func targets(base64 text: String) throws(ScenarioError) -> Scenario {
        guard let bytes = Base64.decode(Array(text.utf8)) else {
            throw ScenarioError("", "expected Base64")
        }
        return try targets(bytes)
    }
}
