import JSON

/// What a master says to an accepted `/swarm`. It does not mean that anything has started: with
/// no worker connected the answer is the same. Judge by the next observation.
package struct SwarmAnswer: Equatable, Sendable {
    package let message: String
    /// The host the master will tell its workers; `nil` when the user classes have their own.
    package let host: String?
    /// The limit it has set, in seconds; `nil` without one.
    package let runTimeSeconds: Int?
    /// The classes it chose; `nil` without `--class-picker`. Empty means that the start crashes.
    package let userClasses: [String]?

    init(_ json: JSONValue) {
        message = json["message"]?.text ?? ""
        host = json["host"]?.text
        runTimeSeconds = json["run_time"]?.count
        userClasses = json["user_classes"]?.items?.compactMap(\.text)
    }
}
