import JSON

/// A header as it was written.
struct RawHeader {
    let name: String
    let text: String
    let pointer: String
}

extension [RawHeader] {
    /// These, and of the others those whose names are not among these.
    func overriding(_ others: [RawHeader]) -> [RawHeader] {
        let names = Set(map { $0.name.lowercased() })
        return others.filter { !names.contains($0.name.lowercased()) } + self
    }
}

extension ScenarioReader {
    /// Names with a value or with a list of values.
    func rawHeaders(_ field: Field?) -> [RawHeader] {
        let max = ScenarioLimits.headersMax
        return entries(of: field, what: "headers by name", countMax: max).flatMap { name, field in
            itemOrItems(of: field, what: "values", countMax: max).compactMap { value in
                spelling(value, "a value", bytesMax: ScenarioLimits.headerValueBytesMax).map {
                    RawHeader(name: name, text: $0, pointer: value.pointer)
                }
            }
        }
    }

    /// The header as it is sent; nil where something is wrong with it, or the engine makes it.
    func header(
        _ raw: RawHeader, names: TextTemplate.Names?, body: TextTemplate?
    ) -> ScenarioHeader? {
        do {
            return try ScenarioHeader.parse(raw.name, raw.text, naming: names, body: body)
        } catch {
            report(raw.pointer, error.message)
            return nil
        }
    }
}

extension ScenarioReader {
    /// Two hosts would be two requests to different servers behind one address.
    func checkHost(of headers: [ScenarioHeader], at pointer: String) {
        if headers.count(where: { $0.isCalled("host") }) > 1 {
            report(pointer, "has more than one Host")
        }
    }
}

extension ScenarioHeader {
    private typealias Mistake = ScenarioTarget.Mistake

    /// - Parameter names: nil where braces mean themselves.
    /// - Returns: nil for what says no more than the message itself.
    static func parse(
        _ name: String, _ text: String, naming names: TextTemplate.Names?, body: TextTemplate?
    ) throws(ScenarioTarget.Mistake) -> ScenarioHeader? {
        guard !name.isEmpty, name.utf8.count <= ScenarioLimits.nameLengthMax,
            name.utf8.allSatisfy(\.isToken)
        else {
            throw Mistake(message: "a header's name is letters, digits and hyphens")
        }
        guard text.utf8.allSatisfy(\.isFieldValue) else {
            throw Mistake(message: "a header's value is one line without control characters")
        }
        let bytes = Array(text.utf8)
        var value = TextTemplate(literal: bytes)
        if let names {
            do {
                value = try TextTemplate.parse(bytes, naming: names)
            } catch {
                throw Mistake(message: error.message)
            }
        }
        let header = ScenarioHeader(name: name, value: value)
        return try header.isFraming(body: body) ? nil : header
    }

    /// Whether this is a length that says what the message says anyway. A wrong one would make
    /// another request out of the body (RFC 9112, section 6.3).
    private func isFraming(body: TextTemplate?) throws(ScenarioTarget.Mistake) -> Bool {
        if isCalled("transfer-encoding") {
            throw Mistake(message: "Transfer-Encoding is not accepted; bodies have a length")
        }
        if isCalled("host") {
            let isHost = value.fixedBytes.map { !$0.isEmpty && $0.allSatisfy(\.mayStandInHost) }
            guard isHost ?? false else {
                throw Mistake(message: "Host is one name without templates, such as shop.example")
            }
        }
        guard isCalled("content-length") else { return false }
        let length = body.map { $0.fixedBytes?.count } ?? 0
        guard let length, value.fixedBytes?.elementsEqual("\(length)".utf8) == true else {
            throw Mistake(message: "Content-Length is made from the body; leave it out")
        }
        return true
    }
}
