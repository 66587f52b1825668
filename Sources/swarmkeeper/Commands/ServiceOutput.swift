import Foundation
import JSON

/// What commands show of the service's answers.
enum ServiceOutput {
    static func write(_ value: JSONValue) throws {
        let text = String(decoding: value.encodedBytes, as: UTF8.self)
        try Descriptor.write(text + "\n", to: STDOUT_FILENO)
    }
}

extension JSONValue {
    /// A text member as a terminal may be given it.
    func shown(_ name: String, else fallback: String = "") -> String {
        self[name]?.text.map(PlainText.of) ?? fallback
    }

    /// The tenant of a user or token, with the environments that it is kept to.
    var shownPlace: String {
        let environments = self["envIds"]?.items?.compactMap(\.text) ?? []
        let suffix = environments.isEmpty ? "" : "/" + environments.joined(separator: ",")
        return shown("tenantId", else: "all tenants") + PlainText.of(suffix)
    }
}

extension ServiceClient {
    /// Everything that a list of the service has, page by page.
    ///
    /// - Parameter tenant: of this one alone; nil for all that the caller may see.
    func items(of path: String, tenant: String?) async throws -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            var target = path + "?limit=100"
            if let tenant { target += "&tenantId=\(Self.encoded(tenant))" }
            if let cursor { target += "&cursor=\(Self.encoded(cursor))" }
            let page = try await call("GET", target)
            items += page["items"]?.items ?? []
            cursor = page["nextCursor"]?.text
        } while cursor != nil
        return items
    }
}
