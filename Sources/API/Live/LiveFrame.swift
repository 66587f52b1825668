import JSON

/// Events as bytes, by the HTML standard, section 9.2.5.
enum LiveFrame {
    /// For how long a client waits before it comes back.
    static let retry = Array("retry: 2000\n\n".utf8)
    /// A comment, which clients pass over.
    static let heartbeat = Array(": heartbeat\n\n".utf8)
    /// The last words to a reader that is too slow. Without an id, as the reader has come to where
    /// the event before it was.
    static let dropped = bytes(
        "dropped",
        .object([
            "reason": .string(
                "more has happened than this reader has read; come back with Last-Event-ID")
        ]))

    /// - Parameter position: where a reader is behind it.
    static func bytes(_ name: String, _ data: JSONValue, at position: LivePosition? = nil)
        -> [UInt8]
    {
        // JSON text has no line breaks of its own, which would end the field.
        var bytes = position.map { Array("id: \($0.text)\n".utf8) } ?? []
        bytes += "event: \(name)\ndata: ".utf8
        bytes += data.encodedBytes
        bytes += "\n\n".utf8
        return bytes
    }

    static func reset(_ reason: String, at position: LivePosition) -> [UInt8] {
        bytes("reset", .object(["reason": .string(reason)]), at: position)
    }
}
