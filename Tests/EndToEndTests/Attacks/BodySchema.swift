import JSON

/// The body of an operation as the OpenAPI document declares it, and bodies that have its shape.
struct BodySchema {
    /// What must be of this service, so that a body can be taken at all.
    private static let known: [String: JSONValue] = [
        "tenantId": .string("red"), "envId": .string("dev"),
        "targetUrl": .string("http://127.0.0.1:9"),
    ]
    /// Deeper places repeat what is known from above.
    private static let depthMax = 6

    private let schema: JSONValue
    private let document: JSONValue

    /// Nil for an operation without a body.
    init?(_ operation: JSONValue, in document: JSONValue) {
        let content = operation["requestBody"]?["content"]?["application/json"]
        guard let schema = content?["schema"] else { return nil }
        self.schema = schema
        self.document = document
    }

    /// Where text can stand: by the names that lead there; `*` is an element or a free member.
    var textPlaces: [[String]] { places(in: schema, depth: 0) }

    /// The smallest body that has the required fields, and `text` at this place. Its name, if it
    /// has one, is `name`: some must not be taken.
    func sample(with text: String, at place: [String], named name: String) -> JSONValue {
        let body = sample(of: schema, text, place[...])
        guard case .object(var members) = body, members["name"] != nil else { return body }
        members["name"] = .string(name)
        return .object(members)
    }

    private func places(in schema: JSONValue, depth: Int) -> [[String]] {
        let schema = resolved(schema)
        guard depth < Self.depthMax, schema["enum"] == nil else { return [] }
        switch schema["type"]?.text {
        case "string": return schema["format"] == nil ? [[]] : []
        case "array":
            guard let items = schema["items"] else { return [] }
            return places(in: items, depth: depth + 1).map { ["*"] + $0 }
        case "object":
            guard let properties = schema["properties"]?.members else { return [["*"]] }
            return properties.sorted { $0.key < $1.key }.flatMap { name, inner in
                places(in: inner, depth: depth + 1).map { [name] + $0 }
            }
        default: return []
        }
    }

    /// - Parameter place: what is left of the way; nil where this value is not on it.
    private func sample(of schema: JSONValue, _ text: String, _ place: ArraySlice<String>?)
        -> JSONValue
    {
        let schema = resolved(schema)
        let rest = place?.dropFirst()
        if let first = schema["enum"]?.items?.first { return first }
        switch schema["type"]?.text {
        case "string":
            if place != nil { return .string(text) }
            return .string(schema["format"] == nil ? "text" : "2027-01-15T08:00:00Z")
        case "integer", "number": return schema["minimum"] ?? .int(1)
        case "boolean": return .bool(true)
        case "array":
            guard place != nil, let items = schema["items"] else { return .array([]) }
            return .array([sample(of: items, text, rest)])
        case "object":
            guard let properties = schema["properties"]?.members else {
                return .object(place == nil ? [:] : ["key": .string(text)])
            }
            let required = (schema["required"]?.items ?? []).compactMap(\.text)
            var members: [String: JSONValue] = [:]
            for (name, inner) in properties {
                let isOnWay = name == place?.first
                guard isOnWay || required.contains(name) else { continue }
                let known = isOnWay ? nil : Self.known[name]
                members[name] = known ?? sample(of: inner, text, isOnWay ? rest : nil)
            }
            return .object(members)
        default: return .null
        }
    }

    /// The schema itself, behind references and where null is allowed as well.
    private func resolved(_ schema: JSONValue) -> JSONValue {
        if let reference = schema["$ref"]?.text {
            let names = reference.split(separator: "/").dropFirst()
            let found = names.reduce(document as JSONValue?) { $0?[String($1)] }
            return resolved(found ?? .null)
        }
        if let choices = (schema["anyOf"] ?? schema["oneOf"])?.items {
            let texts = choices.map(resolved).first { $0["type"]?.text == "string" }
            return texts ?? resolved(choices[0])
        }
        return schema
    }
}
