import ControlPlane
import HTTP
import JSON

/// Who is asking: a page offers nobody what they may not do.
enum MeHandlers {
    static func read(_ call: Call) async throws(Problem) -> Response {
        let caller = call.principal
        var environments: [String]?
        if case .environments(let own, of: _) = caller.scope { environments = own }
        return .json(
            200,
            .object([
                "name": .string(caller.name), "role": .string(caller.role.rawValue),
                "permissions": JSONValue(caller.role.permissions.map(\.rawValue).sorted()),
                "tenantId": JSONValue(caller.scope.tenantID),
                "envIds": environments.map { JSONValue($0) } ?? .null,
            ]))
    }
}

extension Schemas {
    static let me = ObjectSchema(
        "Me",
        [
            required("name", .text(max: 200), "As in createdBy of what it makes"),
            required("role", .oneOf(Role.allCases.map(\.rawValue)), "What it is"),
            required(
                "permissions",
                .array(.oneOf(Permission.allCases.map(\.rawValue)), countMax: .max),
                "What it may do"),
            required("tenantId", .nullable(.text(max: 100)), "Null is all tenants"),
            required(
                "envIds", .nullable(.array(.text(max: 100), countMax: environmentsOfTokenMax)),
                "Its environments; null is all of the tenant"),
        ])
}
