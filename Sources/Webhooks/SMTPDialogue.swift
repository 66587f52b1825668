import ControlPlane
import Foundation
import Glibc

/// What is said to a mail server to hand over one message (RFC 5321).
struct SMTPDialogue {
    private let connection: SMTPConnection
    private let settings: SMTPSettings
    /// Whether nobody is sent the message yet where a recipient is to be tried again later: else
    /// that one would never get it, because what others have been sent is delivered.
    private let waitsForAll: Bool

    /// Hands a message over; blocks the thread until `deadline` at the latest.
    ///
    /// - Returns: the server's last word, and the recipients that it refused while it took others.
    static func deliver(
        _ message: MailMessage, by settings: SMTPSettings, waitsForAll: Bool,
        until deadline: ContinuousClock.Instant
    ) throws(SMTPFailure) -> (reply: SMTPReply, refused: [String]) {
        let connection = try SMTPConnection(settings, until: deadline)
        return try SMTPDialogue(
            connection: connection, settings: settings, waitsForAll: waitsForAll
        ).deliver(message)
    }

    private func deliver(_ message: MailMessage) throws(SMTPFailure)
        -> (reply: SMTPReply, refused: [String])
    {
        if settings.security == .implicit { try connection.startTLS() }
        let greeting = try connection.reply()
        guard greeting.code == 220 else { throw SMTPFailure("greeting", greeting) }
        var extensions = try hello()
        if settings.security == .startTLS {
            guard extensions["STARTTLS"] != nil else {
                throw SMTPFailure("the server offers no STARTTLS, and nothing is sent in clear")
            }
            try ask("STARTTLS", expecting: 220)
            try connection.startTLS()
            // What was said in clear may have been said by anybody (RFC 3207, section 4.2).
            extensions = try hello()
        }
        try authenticate(extensions["AUTH"] ?? "")
        try ask("MAIL FROM:<\(message.from)>", expecting: 250)
        let refused = try name(message.recipients)
        try ask("DATA", expecting: 354)
        try connection.send(message.text + Array(".\r\n".utf8))
        let reply = try connection.reply()
        guard reply.code == 250 else { throw SMTPFailure("message", reply) }
        // It is taken, whatever becomes of the farewell.
        try? connection.send(Array("QUIT\r\n".utf8))
        return (reply, refused)
    }

    /// What an answer may quote of what it was told, and nobody is to read: the password, plain
    /// and as it is sent. Without the signs that only fill up base64, which not everybody quotes.
    static func secrets(of settings: SMTPSettings) -> [String] {
        guard let password = settings.password else { return [] }
        let sent = [password, proof(settings.user ?? "", password)].map(base64)
        return [password] + sent.map { String($0.prefix { $0 != "=" }) }
    }

    /// RFC 4616, section 2.
    private static func proof(_ user: String, _ password: String) -> String {
        "\0\(user)\0\(password)"
    }

    private func hello() throws(SMTPFailure) -> [String: String] {
        try ask("EHLO \(Self.ownName)", expecting: 250).extensions
    }

    /// What servers say to who is to come again in a few minutes, which is how greylisting makes
    /// out senders of spam (RFC 6647, section 2); 452, a full mailbox, may stay so for days.
    private static let laterCodes = [450, 451]

    /// - Returns: those that the server does not take. One that it takes is enough to go on.
    private func name(_ recipients: [String]) throws(SMTPFailure) -> [String] {
        var refused: [(String, SMTPReply)] = []
        for recipient in recipients {
            try connection.send(Array("RCPT TO:<\(recipient)>\r\n".utf8))
            let reply = try connection.reply()
            // 251: it will be forwarded.
            if reply.code != 250, reply.code != 251 { refused.append((recipient, reply)) }
        }
        let later = refused.first { waitsForAll && Self.laterCodes.contains($0.1.code) }
        let all = refused.count == recipients.count ? refused.first : nil
        if let (recipient, reply) = later ?? all {
            // The message is the server's business no more, whatever becomes of the farewell.
            try? connection.send(Array("QUIT\r\n".utf8))
            throw SMTPFailure("RCPT TO:<\(recipient)>", reply)
        }
        return refused.map { "\($0) (\($1.code))" }
    }

    /// RFC 4954; the password never leaves without TLS, as the configuration sees to.
    private func authenticate(_ mechanisms: String) throws(SMTPFailure) {
        guard let user = settings.user, let password = settings.password else { return }
        guard settings.security != .none else {
            throw SMTPFailure("a password is not sent without TLS")
        }
        let offered = Set(mechanisms.uppercased().split(separator: " ").map(String.init))
        if offered.contains("PLAIN") {
            let proof = Self.base64(Self.proof(user, password))
            try ask("AUTH PLAIN \(proof)", as: "AUTH PLAIN", expecting: 235)
        } else if offered.contains("LOGIN") {
            try ask("AUTH LOGIN", expecting: 334)
            try ask(Self.base64(user), as: "AUTH LOGIN user", expecting: 334)
            try ask(Self.base64(password), as: "AUTH LOGIN password", expecting: 235)
        } else {
            throw SMTPFailure("the server offers neither AUTH PLAIN nor AUTH LOGIN")
        }
    }

    /// - Parameter shown: what an error may say of the command.
    @discardableResult
    private func ask(_ command: String, as shown: String? = nil, expecting code: Int)
        throws(SMTPFailure) -> SMTPReply
    {
        try connection.send(Array("\(command)\r\n".utf8))
        let reply = try connection.reply()
        guard reply.code == code else { throw SMTPFailure(shown ?? command, reply) }
        return reply
    }

    private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    /// This machine's name as far as it can be said in EHLO.
    private static var ownName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(
            decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return MailAddress.isValid("a@\(text)") ? text : "localhost"
    }
}
