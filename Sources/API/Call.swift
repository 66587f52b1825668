import ControlPlane
import Foundation
import HTTP
import JSON

/// One request on its way to its handler: authenticated, its query and its body checked against
/// the route's declaration.
struct Call: Sendable {
    let services: Services
    let principal: Principal
    let requestID: String
    let request: Request
    /// The body's members; empty for a route without a body.
    let body: [String: JSONValue]
    /// For the object that the call creates. A call with an `Idempotency-Key` has that of its key.
    var newID = UUID().uuidString.lowercased()

    var scope: Scope { principal.scope }

    func parameter(_ name: String) -> String { request.parameters[name] ?? "" }

    func query(_ name: String) -> String? { request.queryValue(name) }

    func queries(_ name: String) -> [String] {
        request.query.filter { $0.name == name }.map(\.value)
    }

    /// The value of a field that was checked already; nil when it is absent or null.
    subscript(name: String) -> JSONValue? {
        guard let value = body[name], value != .null else { return nil }
        return value
    }

    /// Runs a piece of the domain's work; its errors become problems.
    func perform<T>(_ work: () async throws(ControlPlaneError) -> T) async throws(Problem) -> T {
        do throws(ControlPlaneError) {
            return try await work()
        } catch {
            if case .store(let failure) = error {
                // The store itself says once what is wrong with it.
                services.logger.debug(
                    "request failed by the store",
                    failure.logFields.merging(["requestId": .string(requestID)]) { $1 })
            }
            throw Problem(error)
        }
    }
}

extension Response {
    static func json(_ status: Int, _ value: JSONValue, headers: HeaderFields = []) -> Response {
        var fields = headers
        fields.set("Content-Type", "application/json")
        return Response(status: status, headers: fields, body: value.encodedBytes)
    }
}
