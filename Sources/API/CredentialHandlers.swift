import ControlPlane
import HTTP
import JSON

/// A cluster's credentials: they can be set, and nobody is shown them.
enum CredentialHandlers {
    static let textMax = 4_096

    static func read(_ call: Call) async throws(Problem) -> Response {
        let cluster = try await cluster(call)
        return try await answer(of: cluster, call)
    }

    static func set(_ call: Call) async throws(Problem) -> Response {
        let cluster = try await cluster(call)
        let credentials = try credentials(call)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.clusterSecrets.set(
                credentials, of: cluster, by: call.principal.name)
        }
        return try await answer(of: cluster, call)
    }

    static func delete(_ call: Call) async throws(Problem) -> Response {
        let cluster = try await cluster(call)
        try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.clusterSecrets.delete(of: cluster, by: call.principal.name)
        }
        return Response(status: 204)
    }

    private static func answer(of cluster: Cluster, _ call: Call) async throws(Problem) -> Response
    {
        let stored = try await call.perform { () async throws(ControlPlaneError) in
            try await call.services.clusterSecrets.stored(of: cluster)
        }
        return .json(
            200,
            .object([
                "set": .bool(stored != nil), "usable": .bool(stored?.credentials != nil),
                "setAt": JSONValue(stored?.setAt), "setBy": JSONValue(stored?.setBy),
            ]))
    }

    /// The cluster in the path, which the caller must have for itself: on a shared one the others'
    /// runs would be stopped by a wrong password, or go on with a stranger's.
    private static func cluster(_ call: Call) async throws(Problem) -> Cluster {
        let id = call.parameter("id")
        let catalog = await call.services.orchestrator.currentCatalog
        guard let cluster = catalog.cluster(id),
            cluster.serves.contains(where: { call.scope.covers($0) })
                || call.scope == .everything
        else { throw .notFound("cluster \(id)") }
        guard cluster.serves.allSatisfy({ call.scope.covers($0) }) else {
            throw Problem(
                .forbidden,
                detail: "the cluster is shared; its credentials are for an administrator of the "
                    + "service")
        }
        guard cluster.kind == .locust else {
            throw Problem(
                .clusterIsNative, detail: "cluster \(id) is native and has no master to log in to")
        }
        return cluster
    }

    /// RFC 7617 forbids a colon in the name, and control characters in both.
    private static func credentials(_ call: Call) throws(Problem) -> ClusterCredentials {
        let (token, user, password) = (
            call["authToken"]?.text, call["user"]?.text, call["password"]?.text
        )
        if let token, user == nil, password == nil {
            guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .invalid([
                    FieldError(
                        pointer: "/authToken", message: "must be printable ASCII without spaces")
                ])
            }
            return .token(token)
        }
        guard let user, let password, token == nil, !user.isEmpty, !user.contains(":"),
            !(user + password).unicodeScalars.contains(where: {
                $0.properties.generalCategory == .control
            })
        else {
            throw .invalid([
                FieldError(
                    pointer: "",
                    message: "must have either authToken, or user and password: the user without "
                        + "a colon, both without control characters")
            ])
        }
        return .password(user: user, password: password)
    }
}

extension Schemas {
    static let clusterCredentialsInput = ObjectSchema(
        "ClusterCredentialsInput",
        [
            optional(
                "authToken", .text(1, max: CredentialHandlers.textMax), "Sent as a bearer token"),
            optional("user", .text(1, max: 255), "For basic authentication, with a password"),
            optional("password", .text(max: CredentialHandlers.textMax), "Of the user"),
        ])

    static let clusterCredentials = ObjectSchema(
        "ClusterCredentials",
        [
            required(
                "set", .boolean, "False where the configuration's credentials are used"),
            required(
                "usable", .boolean,
                "False also where no configured key opens them; the configuration's are used then"),
            required("setAt", .nullable(.timestamp), "When they were set"),
            required("setBy", .nullable(.text(max: 1_000)), "By whom"),
        ])
}
