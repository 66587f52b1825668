import ControlPlane
import JSON

/// The OpenAPI 3.1 document, made from the route table itself.
enum OpenAPIDocument {
    static let bytes: [UInt8] = document.encodedBytes

    static let document: JSONValue = .object([
        "openapi": .string("3.1.0"),
        "info": .object([
            "title": .string("Swarmkeeper"), "version": .string("1"),
            "description": .string(
                "Control plane for load-testing clusters, Locust's and its own. Times are RFC 3339 "
                    + "in UTC, durations seconds; errors are application/problem+json (RFC 9457). "
                    + "Bodies nest at most \(JSONReader.depthMax) levels and name no member "
                    + "twice; how large they may be, each operation says at 413."),
            "license": .object(["name": .string("MIT")]),
        ]),
        "paths": .object(paths),
        "components": .object([
            "schemas": .object(components),
            "responses": .object(commonResponses),
            "securitySchemes": .object([
                "token": .object([
                    "type": .string("http"), "scheme": .string("bearer"),
                    "description": .string(
                        "A token of the configuration or of /v1/tokens, the accessToken of a "
                            + "login, or the signed token of a configured identity provider; with "
                            + "the last, the header \(Authenticator.tenantHeader) chooses among "
                            + "the tenants of several roles"),
                ])
            ]),
        ]),
    ])

    private static var paths: [String: JSONValue] {
        var paths: [String: [String: JSONValue]] = [:]
        for route in Routes.all {
            paths[route.path, default: [:]][route.method.lowercased()] = operation(route)
        }
        return paths.mapValues { .object($0) }
    }

    private static func operation(_ route: APIRoute) -> JSONValue {
        var members: [String: JSONValue] = [
            "summary": .string(route.summary), "responses": .object(responses(of: route)),
            "operationId": .string(operationID(route)),
        ]
        let parameters = pathParameters(route) + headerParameters(route) + route.query.map(\.json)
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let permission = route.permission {
            members["security"] = .array([.object(["token": .array([])])])
            members["description"] = .string("Needs the permission `\(permission.rawValue)`.")
        }
        if let body = route.body {
            members["requestBody"] = .object([
                "required": .bool(!route.bodyIsOptional),
                "content": content("application/json", .reference(body)),
            ])
        }
        return .object(members)
    }

    static func operationID(_ route: APIRoute) -> String {
        let words = route.path.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "v1" }
        return words.reduce(route.method.lowercased()) { text, word in
            text + word.prefix(1).uppercased() + word.dropFirst()
        }
    }

    private static func responses(of route: APIRoute) -> [String: JSONValue] {
        var responses = problemResponses(of: route)
        for answer in route.answers {
            var members: [String: JSONValue] = ["description": .string(answer.description)]
            let text = JSONValue.object(["schema": .object(["type": .string("string")])])
            var bodies = Dictionary(uniqueKeysWithValues: answer.types.map { ($0, text) })
            if let schema = answer.schema {
                bodies["application/json"] = .object(["schema": .reference(schema)])
            }
            if !bodies.isEmpty { members["content"] = .object(bodies) }
            var headers = rateHeaders(of: route)
            if route.recall != nil {
                headers.merge(replayedHeader) { $1 }
                let links = answer.schema.map(links) ?? [:]
                if !links.isEmpty { members["links"] = .object(links) }
            }
            if !headers.isEmpty { members["headers"] = .object(headers) }
            responses["\(answer.status)"] = .object(members)
        }
        return responses
    }

    private static func pathParameters(_ route: APIRoute) -> [JSONValue] {
        route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            // Of any length: what no object has for an id is answered 404, not measured.
            parameter(String(segment.dropFirst().dropLast()), in: "path", .text(1, max: .max))
        }
    }

    private static func headerParameters(_ route: APIRoute) -> [JSONValue] {
        var parameters: [JSONValue] = []
        if route.recall != nil {
            parameters.append(
                parameter(
                    "Idempotency-Key", in: "header", .text(1, max: Idempotency.keyLengthMax),
                    Idempotency.description))
        }
        if route.takesIfMatch {
            parameters.append(parameter("If-Match", in: "header", .text(1, max: 100)))
        }
        if route.takesLastEventID {
            parameters.append(
                parameter(
                    "Last-Event-ID", in: "header", .text(1, max: LivePosition.textLengthMax),
                    "The id of the last event that was seen, to go on behind it"))
        }
        return parameters
    }

    private static func parameter(
        _ name: String, in place: String, _ schema: Schema, _ description: String? = nil
    ) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "in": .string(place), "required": .bool(place == "path"),
            "schema": schema.json,
        ]
        if let description { members["description"] = .string(description) }
        return .object(members)
    }

    static func content(_ type: String, _ schema: JSONValue) -> JSONValue {
        .object([type: .object(["schema": schema])])
    }

    /// Every named object that a route uses, also within another.
    private static var components: [String: JSONValue] {
        var found: [String: JSONValue] = [:]
        func visit(_ schema: Schema) {
            switch schema {
            case .object(let object), .textOr(_, let object): collect(object)
            case .array(let inner, _), .dictionary(let inner, _, _), .nullable(let inner):
                visit(inner)
            default: break
            }
        }
        func collect(_ object: ObjectSchema) {
            guard found[object.name] == nil else { return }
            found[object.name] = object.json
            for field in object.fields { visit(field.schema) }
        }
        for route in Routes.all {
            route.body.map(collect)
            for schema in route.answers.compactMap(\.schema) { collect(schema) }
        }
        collect(Schemas.problem)
        return found
    }
}

extension QueryParameter {
    fileprivate var json: JSONValue {
        let shape: JSONValue =
            isList || isRepeatable
            ? .object(["type": .string("array"), "items": schema.json]) : schema.json
        var members: [String: JSONValue] = [
            "name": .string(name), "in": .string("query"), "required": .bool(false),
            "description": .string(description), "schema": shape,
        ]
        if isList {
            members["style"] = .string("form")
            members["explode"] = .bool(false)
        }
        return .object(members)
    }
}

extension JSONValue {
    static func reference(_ schema: ObjectSchema) -> JSONValue {
        .object(["$ref": .string("#/components/schemas/\(schema.name)")])
    }
}
