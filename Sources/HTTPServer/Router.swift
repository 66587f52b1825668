import HTTP

/// Finds the route for a request, in time that depends on the path's length and not on how many
/// routes there are. Text is preferred to a `{name}`.
package struct Router: Sendable {
    private struct Node {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var endpoints: [Endpoint] = []
    }

    private struct Endpoint {
        let route: Route
        let parameterNames: [String]
    }

    /// What is to be done with a request, decided from its head.
    enum Match: Sendable {
        case route(Route, parameters: [String: String])
        /// `OPTIONS`, answered by the server itself.
        case options(allow: String)
        case methodNotAllowed(allow: String)
        case notFound
    }

    private var nodes = [Node()]
    private let allMethods: String
    /// Answers what no pattern matches, instead of `errorResponse(.notFound)`.
    let notFound: Route?
    let errorResponse: @Sendable (ServerError) -> Response
    /// Adds to what the server answers to a request for whose path and method there is no handler.
    let complete: @Sendable (inout Response, Request) -> Void

    /// - Parameters:
    ///   - routes: no two with the same method and the same pattern.
    ///   - notFound: answers requests that no pattern matches; `errorResponse` where it is nil.
    ///   - errorResponse: makes the body of everything the server answers itself. It is called on
    ///     an event loop's thread and must not wait.
    ///   - complete: adds the fields that depend on the request to what the server answers without
    ///     a handler: to `OPTIONS`, and to methods that a path does not have. Called on an event
    ///     loop's thread, too.
    package init(
        _ routes: [Route], notFound: Route.Handler? = nil,
        errorResponse: @escaping @Sendable (ServerError) -> Response = { $0.plainResponse },
        complete: @escaping @Sendable (inout Response, Request) -> Void = { _, _ in }
    ) {
        self.notFound = notFound.map { Route("*", "*", handler: $0) }
        self.errorResponse = errorResponse
        self.complete = complete
        allMethods = Self.allow(routes.map(\.method))
        for route in routes { insert(route) }
    }

    func match(_ head: RequestHead) -> Match {
        if head.target.isAsterisk {
            return head.method == "OPTIONS"
                ? .options(allow: allMethods) : .methodNotAllowed(allow: "OPTIONS")
        }
        var values: [String] = []
        guard let node = find(head.target.path[...], from: 0, values: &values) else {
            guard let notFound else { return .notFound }
            return .route(notFound, parameters: [:])
        }
        let endpoints = nodes[node].endpoints
        guard let endpoint = Self.endpoint(for: head.method, among: endpoints) else {
            let allow = Self.allow(endpoints.map(\.route.method))
            return head.method == "OPTIONS"
                ? .options(allow: allow) : .methodNotAllowed(allow: allow)
        }
        var parameters: [String: String] = [:]
        for (name, value) in zip(endpoint.parameterNames, values) { parameters[name] = value }
        return .route(endpoint.route, parameters: parameters)
    }

    private mutating func insert(_ route: Route) {
        precondition(route.pattern.hasPrefix("/"), "a route's pattern begins with a slash")
        let segments = route.pattern.dropFirst().split(
            separator: "/", omittingEmptySubsequences: route.pattern == "/")
        var (node, names) = (0, [String]())
        for segment in segments {
            let isParameter = segment.hasPrefix("{") && segment.hasSuffix("}")
            if isParameter { names.append(String(segment.dropFirst().dropLast())) }
            node = child(of: node, literal: isParameter ? nil : String(segment))
        }
        precondition(
            !nodes[node].endpoints.contains { $0.route.method == route.method },
            "two routes have the same method and pattern: \(route.method) \(route.pattern)")
        nodes[node].endpoints.append(Endpoint(route: route, parameterNames: names))
    }

    private mutating func child(of node: Int, literal: String?) -> Int {
        let existing = literal.map { nodes[node].literals[$0] } ?? nodes[node].parameter
        if let existing { return existing }
        nodes.append(Node())
        let new = nodes.count - 1
        if let literal { nodes[node].literals[literal] = new } else { nodes[node].parameter = new }
        return new
    }

    /// The node where `path` ends and at least one route does too. Recursion is as deep as the
    /// longest pattern, not as the path.
    private func find(_ path: ArraySlice<String>, from node: Int, values: inout [String]) -> Int? {
        guard let segment = path.first else {
            return nodes[node].endpoints.isEmpty ? nil : node
        }
        if let next = nodes[node].literals[segment],
            let found = find(path.dropFirst(), from: next, values: &values)
        {
            return found
        }
        guard let next = nodes[node].parameter, !segment.isEmpty else { return nil }
        values.append(segment)
        if let found = find(path.dropFirst(), from: next, values: &values) { return found }
        values.removeLast()
        return nil
    }

    private static func endpoint(for method: String, among endpoints: [Endpoint]) -> Endpoint? {
        endpoints.first { $0.route.method == method }
            ?? (method == "HEAD" ? endpoints.first { $0.route.method == "GET" } : nil)
    }

    /// The value of an `Allow` field: sorted, with what the server adds of itself.
    private static func allow(_ methods: [String]) -> String {
        var all = Set(methods).union(["OPTIONS"])
        if all.contains("GET") { all.insert("HEAD") }
        return all.sorted().joined(separator: ", ")
    }
}
