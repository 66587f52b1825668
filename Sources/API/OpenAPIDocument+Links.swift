import JSON

/// What can be done with an object that was just created.
extension OpenAPIDocument {
    /// The operations that take the id of `object`: those under the paths where it is read.
    static func links(to object: ObjectSchema) -> [String: JSONValue] {
        let homes = Routes.all.filter { route in
            route.method == "GET" && route.path.hasSuffix("/{id}")
                && route.answers.contains { $0.schema?.name == object.name }
        }.map(\.path)
        let routes = Routes.all.filter { route in homes.contains { route.path.hasPrefix($0) } }
        let links = routes.map { route in
            let name = operationID(route)
            let link = JSONValue.object([
                "operationId": .string(name),
                "parameters": .object(["id": .string("$response.body#/id")]),
            ])
            return (name, link)
        }
        return Dictionary(links) { first, _ in first }
    }
}
