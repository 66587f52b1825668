import JSON

extension Scenario {
    /// Reads the document form, in which YAML files and REST bodies are alike.
    ///
    /// - Parameter pointer: of `value` in the document that it is part of.
    /// - Throws: all problems at once, up to `ScenarioLimits.problemsMax`.
    package static func read(
        _ value: JSONValue, at pointer: String = ""
    ) throws(ScenarioError) -> Scenario {
        let reader = ScenarioReader()
        let scenario = reader.scenario(.init(pointer: pointer, value: value))
        try reader.finish()
        guard let scenario else { throw ScenarioError(pointer, "expected a scenario") }
        return scenario
    }
}

extension ScenarioReader {
    private static let keys = [
        "name", "baseUrl", "seed", "load", "timeout", "connectTimeout", "connection",
        "followRedirects", "tls", "headers", "tracing", "data", "requests", "steps",
    ]

    fileprivate func scenario(_ field: Field) -> Scenario? {
        let what = "a scenario with requests or steps"
        guard let fields = fields(of: field, known: Self.keys, what: what) else { return nil }
        var load = load(fields["load"])
        readTransport(fields, into: &load)
        let tables = tables(fields["data"])
        let headers = rawHeaders(fields["headers"])

        let order: Scenario.Order = fields["steps"] == nil ? .mix : .steps
        let list = fields["steps"] ?? fields["requests"]
        guard let list else {
            report(field.pointer, "has neither requests, a weighted mix, nor steps")
            return nil
        }
        if fields["steps"] != nil, let requests = fields["requests"] {
            report(requests.pointer, "a scenario has either requests or steps")
        }
        let items = items(
            of: list, what: "a list of requests", countMax: ScenarioLimits.requestsMax)
        if items.isEmpty, list.value.items?.isEmpty == true {
            report(list.pointer, "expected at least one request")
        }
        let requests = requests(
            RequestsSource(items: items, order: order, headers: headers, tables: tables))
        if order == .mix, !requests.list.isEmpty, requests.list.allSatisfy({ $0.weight == 0 }) {
            report(list.pointer, "expected at least one weight above 0")
        }
        return Scenario(
            name: text(fields["name"], "a name", bytesMax: ScenarioLimits.nameLengthMax),
            baseURL: baseURL(fields["baseUrl"]), load: load, order: order,
            script: Script(
                tables: tables, variables: requests.variables, keepsVariables: order == .mix),
            requests: requests.list)
    }

    private func baseURL(_ field: Field?) -> String? {
        guard let text = text(field, "a URL", bytesMax: ScenarioLimits.targetBytesMax), let field
        else { return nil }
        do {
            _ = try BaseURL(text)
            return text
        } catch {
            report(field.pointer, error.message)
            return nil
        }
    }

    private func traceShare(_ field: Field?) -> Double? {
        guard let field else { return nil }
        if let isTracing = field.value.bool { return isTracing ? 1 : 0 }
        if let share = field.value.number, (0...1).contains(share) { return share }
        report(field.pointer, "expected true, false or a share from 0 to 1")
        return nil
    }

    /// What concerns connections, which stands beside `load`.
    private func readTransport(_ fields: Fields, into load: inout LoadSettings) {
        let times = Duration.milliseconds(1)...ScenarioLimits.timeoutMax
        load.timeout = duration(fields["timeout"], in: times)
        load.connectTimeout = duration(fields["connectTimeout"], in: times)
        load.seed = integer(fields["seed"], in: 0...Int.max).map(UInt64.init)
        if let field = fields["connection"] {
            switch field.value.text {
            case "keepAlive": load.keepsAlive = true
            case "close": load.keepsAlive = false
            default: report(field.pointer, "expected keepAlive or close")
            }
        }
        if let follows = fields["followRedirects"]?.value.bool {
            load.redirectsMax = follows ? LoadSettings.redirectsFollowed : 0
        } else {
            load.redirectsMax = integer(
                fields["followRedirects"], in: 0...ScenarioLimits.redirectsMax)
        }
        load.traceShare = traceShare(fields["tracing"])
        if let tls = self.fields(
            of: fields["tls"], known: ["verify", "resume"], what: "verify and resume")
        {
            load.verifiesServer = bool(tls["verify"])
            load.resumesSessions = bool(tls["resume"])
        }
    }
}
