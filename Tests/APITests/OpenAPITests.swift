import ControlPlane
import HTTPServer
import JSON
import Testing

@testable import API

/// The document and the router cannot differ, because both are made from `Routes.all`; what is
/// tested is that the document says all of it.
struct OpenAPITests {
    let document: JSONValue

    init() async throws {
        let answer = try await TestService().ask("GET", "/openapi.json", as: nil)
        #expect(answer.status == 200)
        #expect(answer.header("Content-Type") == "application/json")
        document = answer.json
    }

    private func operation(of route: APIRoute) throws -> JSONValue {
        try #require(document["paths"]?[route.path]?[route.method.lowercased()])
    }

    @Test func `a scenario's form is told, with an example`() throws {
        let field = try #require(Schemas.loadTestInput["scenario"])
        let steps = try #require(field.example?["steps"]?.items)
        #expect(steps.count == 2)
        let shape = Schemas.testInput.json["properties"]?["scenario"]
        #expect(shape?["examples"]?.items?.first == field.example)
    }

    @Test func `the document names the router's routes and no others`() throws {
        let paths = try #require(document["paths"]?.members)
        let named = paths.flatMap { path, operations in
            (operations.members ?? [:]).keys.map { "\($0.uppercased()) \(path)" }
        }
        #expect(named.sorted() == Routes.all.map { "\($0.method) \($0.path)" }.sorted())
        let ids = try Routes.all.map { try operation(of: $0)["operationId"]?.text }
        #expect(Set(ids).count == Routes.all.count)
    }

    @Test(arguments: Routes.all.indices)
    func `an operation declares its parameters, its body and its answers`(index: Int) throws {
        let route = Routes.all[index]
        let operation = try operation(of: route)
        let parameters = operation["parameters"]?.items ?? []
        func names(_ place: String) -> [String] {
            parameters.filter { $0["in"]?.text == place }.compactMap { $0["name"]?.text }.sorted()
        }
        let inPath = route.path.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
        #expect(names("path") == inPath.sorted())
        #expect(names("query") == route.query.map(\.name).sorted())
        #expect(
            names("header")
                == ((route.recall != nil) ? ["Idempotency-Key"] : [])
                + (route.takesIfMatch ? ["If-Match"] : [])
                + (route.takesLastEventID ? ["Last-Event-ID"] : []))
        let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
        #expect(schema?["$ref"]?.text == route.body.map { "#/components/schemas/\($0.name)" })
        let statuses = (operation["responses"]?.members ?? [:]).keys.sorted()
        var declared = Set(route.answers.map(\.status) + route.problems.map(\.status))
        if route.body != nil { declared.insert(413) }
        if !route.isUrgent { declared.insert(503) }
        #expect(statuses == declared.map { "\($0)" }.sorted() + ["default"])
        #expect((operation["security"] == nil) == (route.permission == nil))
    }

    @Test(arguments: Routes.all.indices)
    func `an error is named at its status, and what may pass says when`(index: Int) throws {
        let route = Routes.all[index]
        let responses = try #require(try operation(of: route)["responses"])
        #expect(Set(route.problems).count == route.problems.count)
        for code in route.problems {
            let response = try #require(responses["\(code.status)"])
            #expect(response["description"]?.text?.contains("`\(code.rawValue)`: ") == true)
            let isPassing = [429, 503].contains(code.status) || code == .idempotencyKeyInUse
            #expect(!isPassing || response["headers"]?["Retry-After"] != nil)
        }
        for answer in route.answers {
            let headers = responses["\(answer.status)"]?["headers"]
            #expect((headers?["Idempotency-Replayed"] != nil) == (route.recall != nil))
        }
    }

    @Test func `the shape of a problem names every code that is answered`() {
        let shape = document["components"]?["schemas"]?["Problem"]?["properties"]?["code"]
        let named = (shape?["enum"]?.items ?? []).compactMap(\.text)
        #expect(Set(named).count == named.count)
        #expect(Set(named).isSuperset(of: ProblemCode.allCases.map(\.rawValue)))
        #expect(Set(named).isSuperset(of: ServerError.all.map(\.code)))
        let declared = Set(Routes.all.flatMap(\.problems))
        #expect(declared == Set(ProblemCode.allCases), "one that no route has")
    }

    @Test func `a start names its conflicts`() throws {
        for path in ["/v1/load-tests/{id}/runs", "/v1/tests"] {
            let conflict = document["paths"]?[path]?["post"]?["responses"]?["409"]
            let text = try #require(conflict?["description"]?.text)
            for code in ["clusterBusy", "limitReached", "idempotencyKeyReused"] {
                #expect(text.contains("`\(code)`"))
            }
        }
    }

    @Test func `every creating and starting route takes an Idempotency-Key`() {
        // A digest of the body is stored with the key, and a user has a password in it; a repeated
        // emergency stop finds the one that holds.
        let others = ["/v1/users", "/v1/emergency-stop"]
        for route in Routes.all where route.method == "POST" && !others.contains(route.path) {
            let creates = route.answers.contains { $0.status == 201 }
            let starts =
                route.path.hasSuffix("/runs") || route.path == "/v1/tests"
                || route.path == "/v1/suites/{id}/start"
            #expect((route.recall != nil) == (creates || starts), "\(route.path)")
        }
    }

    @Test func `a component has the fields of its schema, under a name of its own`() throws {
        let components = try #require(document["components"]?["schemas"]?.members)
        var seen: [String: ObjectSchema] = [:]
        for schema in Routes.all.flatMap(\.schemas).flatMap(\.withInner) {
            let component = try #require(components[schema.name], "\(schema.name)")
            let properties = component["properties"]?.members ?? [:]
            #expect(Set(properties.keys) == Set(schema.fields.map(\.name)))
            #expect(Set(schema.fields.map(\.name)).count == schema.fields.count)
            #expect(
                Set((component["required"]?.items ?? []).compactMap(\.text))
                    == Set(schema.fields.filter(\.isRequired).map(\.name)))
            #expect(component["additionalProperties"] == false)
            seen[schema.name] = seen[schema.name] ?? schema
            #expect(seen[schema.name]?.json == schema.json, "two schemas are called \(schema.name)")
        }
        #expect(
            Set(seen.keys).union(["Problem", "FieldError", "LimitBreach"]) == Set(components.keys))
    }

    @Test func `every reference leads to a component`() {
        func references(in value: JSONValue) -> [String] {
            switch value {
            case .array(let items): items.flatMap(references)
            case .object(let members):
                members.flatMap { name, inner in
                    name == "$ref" ? [inner.text ?? ""] : references(in: inner)
                }
            default: []
            }
        }
        let found = Set(references(in: document))
        #expect(!found.isEmpty)
        for reference in found {
            let steps = reference.split(separator: "/").dropFirst().map(String.init)
            #expect(reference.hasPrefix("#/components/") && steps.count == 3)
            #expect(steps.reduce(document as JSONValue?) { $0?[$1] } != nil, "\(reference)")
        }
    }

    @Test func `a list parameter is written as it is read`() throws {
        let parameters = try #require(document["paths"]?["/v1/runs"]?["get"]?["parameters"]?.items)
        let status = try #require(parameters.first { $0["name"] == "status" })
        #expect(status["schema"]?["type"] == "array")
        #expect(status["explode"] == false)
        let tag = try #require(parameters.first { $0["name"] == "tag" })
        #expect(tag["schema"]?["type"] == "array")
    }
}

extension APIRoute {
    fileprivate var schemas: [ObjectSchema] {
        [body].compactMap(\.self) + answers.compactMap(\.schema)
    }
}

extension ObjectSchema {
    fileprivate var withInner: [ObjectSchema] {
        [self] + fields.flatMap { $0.schema.objects.flatMap(\.withInner) }
    }
}

extension Schema {
    fileprivate var objects: [ObjectSchema] {
        switch self {
        case .object(let object), .textOr(_, let object): [object]
        case .array(let inner, _), .dictionary(let inner, _, _), .nullable(let inner): inner.objects
        default: []
        }
    }
}
