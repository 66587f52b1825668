import JSON

/// Python exceptions raised in tasks, grouped by traceback; a failed request is not one.
package struct ExceptionRow: Equatable, Sendable {
    package let count: Int
    /// That of the first one.
    package let message: String
    package let traceback: String
    /// Ids of the workers it was raised on.
    package let workers: [String]

    init(_ json: JSONValue) {
        count = json["count"]?.count ?? 0
        message = json["msg"]?.text ?? ""
        traceback = json["traceback"]?.text ?? ""
        let nodes = json["nodes"]?.text ?? ""
        workers = nodes.split(separator: ",").map { $0.drop { $0 == " " } }.map(String.init)
    }
}
