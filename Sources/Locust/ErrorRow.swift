import JSON

/// Failed requests of one kind.
package struct ErrorRow: Equatable, Sendable {
    package let method: String
    package let name: String
    /// The Python `repr` of the exception. Old versions escape it for HTML.
    package let message: String
    package let occurrences: Int
    /// Seconds since 1970 by the worker's clock; `nil` where the worker does not say.
    package let firstSeen: Double?
    package let lastSeen: Double?

    init(_ json: JSONValue) {
        method = json["method"]?.text ?? ""
        name = json["name"]?.text ?? ""
        message = json["error"]?.text ?? ""
        occurrences = json["occurrences"]?.count ?? 0
        firstSeen = json["first_seen"]?.number
        lastSeen = json["last_seen"]?.number
    }
}
