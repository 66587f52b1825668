import JSON

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
    /// - Parameter readFile: gives the content of a file, at most
    ///   `ScenarioLimits.bodyBytesMax` and one byte of it, or nil if there is none; without it
    ///   bodies in files are refused.
    /// - Throws: with pointers such as `/3/url` in JSON, and the number of the line in text.
    package static func targets(
        _ bytes: [UInt8], readFile: ((String) -> [UInt8]?)? = nil
    ) throws(ScenarioError) -> Scenario {
        let reader = ScenarioReader()
        let targets: [RawTarget] =
            switch bytes.first(where: { $0 > 0x20 }) {
            case UInt8(ascii: "["): reader.targetsOfArray(bytes)
            case UInt8(ascii: "{"): reader.targetsOfLines(bytes)
            default: reader.targetsOfText(bytes, readFile: readFile)
            }
        try reader.finish()
        guard !targets.isEmpty else { throw ScenarioError("", "expected at least one target") }
        guard targets.count <= ScenarioLimits.targetsMax else {
            throw ScenarioError("", "at most \(ScenarioLimits.targetsMax) targets are allowed")
        }
        let requests = targets.compactMap { reader.request(of: $0) }
        try reader.finish()
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

extension ScenarioReader {
    /// The request of a target. Problems of a line of text are told with its number.
    fileprivate func request(of target: RawTarget) -> ScenarioRequest? {
        guard let line = target.line else { return request(target, naming: nil) }
        let reader = ScenarioReader()
        let request = reader.request(target, naming: nil)
        for problem in reader.problems { report("", "line \(line): \(problem.message)") }
        return request
    }

    fileprivate func targetsOfArray(_ bytes: [UInt8]) -> [RawTarget] {
        do {
            let items = try JSONReader.document(bytes).items ?? []
            return items.enumerated().compactMap { index, item in
                target(Field(pointer: "/\(index)", value: item))
            }
        } catch {
            report("", "no JSON: expected \(error.expected) at byte \(error.offset)")
            return []
        }
    }

    fileprivate func targetsOfLines(_ bytes: [UInt8]) -> [RawTarget] {
        var targets: [RawTarget] = []
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where line.contains(where: { $0 > 0x20 }) {
            do {
                let value = try JSONReader.document(Array(line))
                if let target = target(Field(pointer: "/\(index)", value: value)) {
                    targets.append(target)
                }
            } catch {
                report(
                    "/\(index)",
                    "line \(index + 1) is no JSON: expected \(error.expected) at byte "
                        + "\(error.offset)")
            }
        }
        return targets
    }

    private func target(_ field: Field) -> RawTarget? {
        let known = ["method", "url", "header", "body"]
        guard let fields = fields(of: field, known: known, what: "a target"),
            let url = text(fields["url"], "a URL", bytesMax: ScenarioLimits.targetBytesMax),
            let method = text(fields["method"], "a method", bytesMax: HTTPMethod.bytesMax)
        else {
            for key in ["method", "url"] where field.value[key] == nil {
                report(field.pointer, "expected method and url")
            }
            return nil
        }
        var target = RawTarget(pointer: field.pointer, method: method, url: url)
        target.headers = rawHeaders(fields["header"]).map { ($0.name, $0.text) }
        if let body = fields["body"] {
            target.body = body.value.text.flatMap { Base64.decode(Array($0.utf8)) }
            if target.body == nil { report(body.pointer, "expected Base64") }
        }
        return target
    }

    /// Lines of text, in which a target begins with its method.
    fileprivate func targetsOfText(
        _ bytes: [UInt8], readFile: ((String) -> [UInt8]?)?
    ) -> [RawTarget] {
        var text = TargetText(readFile: readFile)
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            do {
                try text.read(String(decoding: line, as: UTF8.self), number: index + 1)
            } catch {
                report("", "line \(index + 1): \(error.message)")
            }
        }
        return text.targets
    }
}
