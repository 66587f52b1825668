import JSON

extension ScenarioReader {
    /// All that requests are read from.
    struct RequestsSource {
        let items: [Field]
        let order: Scenario.Order
        /// Those that all requests share.
        let headers: [RawHeader]
        let tables: [DataTable]
    }

    private static let requestKeys = [
        "name", "method", "url", "path", "headers", "body", "json", "bodyBase64", "timeout",
        "expect", "extract",
    ]

    /// The requests, and the names of all variables that they extract.
    func requests(
        _ source: RequestsSource
    ) -> (list: [ScenarioRequest], variables: [String]) {
        // Variables are numbered in the order in which they are first extracted, so that those of
        // the steps before one are the first of all.
        var variables: [String] = []
        var countsBefore: [Int] = []
        for item in source.items {
            countsBefore.append(variables.count)
            for name in variableNames(of: item) where !variables.contains(name) {
                variables.append(name)
            }
        }
        guard variables.count <= ScenarioLimits.variablesMax else {
            report("", "at most \(ScenarioLimits.variablesMax) variables are allowed")
            return ([], [])
        }
        let list = source.items.enumerated().compactMap { index, item in
            let known = source.order == .steps ? countsBefore[index] : variables.count
            let names = TextTemplate.Names(
                tables: source.tables, variables: Array(variables.prefix(known)),
                laterVariables: Array(variables.dropFirst(known)))
            return request(item, source, names: names, variables: variables)
        }
        return (list, variables)
    }

    /// Without judging anything, which comes later.
    private func variableNames(of item: Field) -> [String] {
        guard let extract = item.value["extract"] else { return [] }
        return (extract.items ?? [extract]).compactMap { $0["variable"]?.text }
    }

    private func request(
        _ field: Field, _ source: RequestsSource, names: TextTemplate.Names, variables: [String]
    ) -> ScenarioRequest? {
        let known = Self.requestKeys + (source.order == .steps ? ["thinkTime"] : ["weight"])
        guard let fields = fields(of: field, known: known, what: "a request") else { return nil }
        let method = method(fields["method"]) ?? "GET"
        let body = body(fields, names: names)
        let headers =
            rawHeaders(fields["headers"]).overriding(source.headers)
            .compactMap { header($0, names: names, body: body.template) }
        checkHost(of: headers, at: field.pointer)
        let target = target(fields, names: names)
        let expect = expectations(fields["expect"])
        let extractions = extractions(fields["extract"], variables: variables)
        let name = text(fields["name"], "a name", bytesMax: ScenarioLimits.nameLengthMax)
        guard let target else { return nil }
        var request = ScenarioRequest(
            pointer: field.pointer,
            endpoint: EndpointName(method: method, name: name ?? target.name),
            method: method, target: target)
        request.headers = headers
        request.body = body.template
        request.isJSON = body.isJSON
        if body.isJSON, !headers.contains(where: { $0.isCalled("content-type") }) {
            request.headers.append(
                ScenarioHeader(name: "Content-Type", value: .init(literal: "application/json")))
        }
        request.timeout = duration(
            fields["timeout"], in: .milliseconds(1)...ScenarioLimits.timeoutMax)
        if source.order == .steps { request.thinkTime = thinkTime(fields["thinkTime"]) }
        if source.order == .mix { request.weight = weight(fields["weight"]) }
        if let statuses = expect.statuses { request.expectedStatuses = statuses }
        request.inspection = Inspection(
            needles: expect.needles, bodyBytesMax: expect.bodyBytesMax, extractions: extractions)
        return request
    }

    private func weight(_ field: Field?) -> Double {
        guard let field else { return 1 }
        guard let weight = field.value.number, (0...ScenarioLimits.weightMax).contains(weight)
        else {
            report(field.pointer, "expected a number from 0 to \(Int(ScenarioLimits.weightMax))")
            return 1
        }
        return weight
    }

    private func method(_ field: Field?) -> String? {
        guard let field, let text = text(field, "a method", bytesMax: HTTPMethod.bytesMax) else {
            return nil
        }
        do {
            return try HTTPMethod.parse(text)
        } catch {
            report(field.pointer, error.message)
            return nil
        }
    }

    private func target(_ fields: Fields, names: TextTemplate.Names) -> ScenarioTarget? {
        let (url, path) = (fields["url"], fields["path"])
        guard let field = url ?? path, url == nil || path == nil else {
            report(fields.pointer, "expected either url or path")
            return nil
        }
        let what = url == nil ? "a path" : "a URL"
        guard let text = text(field, what, bytesMax: ScenarioLimits.targetBytesMax) else {
            return nil
        }
        do {
            return url == nil
                ? try .path(text, naming: names) : try .url(text, naming: names)
        } catch {
            report(field.pointer, error.message)
            return nil
        }
    }

    private func body(
        _ fields: Fields, names: TextTemplate.Names
    ) -> (template: TextTemplate?, isJSON: Bool) {
        let given = ["body", "json", "bodyBase64"].compactMap { fields[$0] }
        guard given.count <= 1 else {
            report(given[1].pointer, "a request has one of body, json and bodyBase64")
            return (nil, false)
        }
        guard let field = given.first else { return (nil, false) }
        if fields["json"] != nil {
            return (bodyTemplate(field.value.encodedBytes, field.pointer, names: names), true)
        }
        guard let text = field.value.text else {
            report(field.pointer, "expected text, found \(field.value.typeName)")
            return (nil, false)
        }
        guard fields["body"] == nil else {
            return (bodyTemplate(Array(text.utf8), field.pointer, names: names), false)
        }
        guard let bytes = Base64.decode(Array(text.utf8)) else {
            report(field.pointer, "expected Base64")
            return (nil, false)
        }
        return (bodyTemplate(bytes, field.pointer, names: nil), false)
    }

    /// - Parameter names: nil where braces mean themselves.
    func bodyTemplate(
        _ bytes: [UInt8], _ pointer: String, names: TextTemplate.Names?
    ) -> TextTemplate? {
        guard bytes.count <= ScenarioLimits.bodyBytesMax else {
            report(pointer, "is longer than \(ScenarioLimits.bodyBytesMax) bytes")
            return nil
        }
        guard let names else { return TextTemplate(literal: bytes) }
        do {
            return try TextTemplate.parse(bytes, naming: names)
        } catch {
            report(pointer, error.message)
            return nil
        }
    }
}

extension ScenarioTarget {
    /// What requests are counted as that have no name.
    var name: String {
        String(shownPath.isEmpty ? "/" : shownPath.prefix(ScenarioLimits.nameLengthMax))
    }
}
