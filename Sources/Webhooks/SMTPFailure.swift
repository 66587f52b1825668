/// Why a message was not taken.
struct SMTPFailure: Error, Equatable {
    /// The server's code where it has answered.
    var code: Int?
    let reason: String

    init(_ reason: String) { self.reason = reason }

    /// - Parameter step: what was asked of the server, without what is secret.
    init(_ step: String, _ reply: SMTPReply) {
        code = reply.code
        reason = "\(step): \(reply.code) \(reply.text)"
    }
}
