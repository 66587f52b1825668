extension Scenario {
    /// One request, over and over, as a command line names it. Templates are read in the URL, in
    /// headers and in the body.
    ///
    /// - Parameter url: whole, or a path for a base URL.
    /// - Throws: with pointers `/method`, `/url`, `/headers/0` and `/body`.
    package static func single(
        method: String = "GET", url: String, headers: [(name: String, value: String)] = [],
        body: [UInt8]? = nil
    ) throws(ScenarioError) -> Scenario {
        let target = RawTarget(
            pointer: "", method: method, url: url, headers: headers, body: body)
        let reader = ScenarioReader()
        let request = reader.request(target, naming: .init())
        try reader.finish()
        return Scenario(order: .mix, requests: request.map { [$0] } ?? [])
    }
}

/// A request as lists of targets and command lines have it.
struct RawTarget {
    let pointer: String
    /// Where it begins in a text that knows no pointers.
    var line: Int?
    var method: String
    var url: String
    var headers: [(name: String, value: String)] = []
    var body: [UInt8]?
}

extension ScenarioReader {
    /// The request; nil where something is wrong with it.
    ///
    /// - Parameter names: nil where braces mean themselves.
    func request(_ raw: RawTarget, naming names: TextTemplate.Names?) -> ScenarioRequest? {
        var method = ""
        report(at: raw.pointer + "/method") { () throws(ScenarioTarget.Mistake) in
            method = try HTTPMethod.parse(raw.method)
        }
        var target: ScenarioTarget?
        report(at: raw.pointer + "/url") { () throws(ScenarioTarget.Mistake) in
            target =
                raw.url.hasPrefix("/")
                ? try .path(raw.url, naming: names) : try .url(raw.url, naming: names)
        }
        let body = raw.body.flatMap { bodyTemplate($0, raw.pointer + "/body", names: names) }
        if raw.headers.count > ScenarioLimits.headersMax {
            let max = ScenarioLimits.headersMax
            report(raw.pointer + "/headers", "at most \(max) headers are allowed")
        }
        let headers = raw.headers.prefix(ScenarioLimits.headersMax).enumerated().compactMap {
            let pointer = "\(raw.pointer)/headers/\($0)"
            return header(
                RawHeader(name: $1.name, text: $1.value, pointer: pointer), names: names,
                body: body)
        }
        checkHost(of: headers, at: raw.pointer + "/headers")
        guard let target else { return nil }
        var request = ScenarioRequest(
            pointer: raw.pointer, endpoint: EndpointName(method: method, name: target.name),
            method: method, target: target)
        request.headers = headers
        request.body = body
        return request
    }

    private func report(
        at pointer: String, _ read: () throws(ScenarioTarget.Mistake) -> Void
    ) {
        do {
            try read()
        } catch {
            report(pointer, error.message)
        }
    }
}
