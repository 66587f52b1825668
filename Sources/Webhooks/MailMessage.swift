import ControlPlane
import Foundation

/// A notice as a message in the format of RFC 5322: plain text in base64, so that no line of it can
/// be too long, begin with a dot, or be taken for a header.
struct MailMessage: Equatable {
    /// Bytes of a header's text in one encoded word, which has 75 characters at the most (RFC 2047,
    /// section 2).
    private static let wordBytesMax = 42
    private static let bodyLineMax = 76

    let from: String
    let recipients: [String]
    let text: [UInt8]

    /// - Parameter id: of the delivery: all attempts have it, and mail programs show one of them.
    init(
        _ notice: Notice, id: DeliveryID, from: String, to recipients: [String],
        publicURL: String, at now: Date
    ) {
        self.from = from
        self.recipients = recipients
        let words = NoticeText(notice, publicURL: publicURL)
        let domain = from.split(separator: "@").last ?? "localhost"
        let headers = [
            "Date: \(Self.date(now))", "From: <\(from)>",
            "To: " + recipients.map { "<\($0)>" }.joined(separator: ",\r\n "),
            "Subject: " + Self.encoded("[swarmkeeper] " + words.title),
            "Message-ID: <\(id)@\(domain)>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
        ]
        text = Array((headers.joined(separator: "\r\n") + "\r\n\r\n").utf8) + Self.body(words)
    }

    private static func body(_ words: NoticeText) -> [UInt8] {
        var lines = [words.title, ""] + words.facts.map { "\($0.name): \($0.value)" }
        if let link = words.link { lines += ["", link] }
        let bytes = Array(
            Data((lines.joined(separator: "\r\n") + "\r\n").utf8).base64EncodedString().utf8)
        var body: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: bodyLineMax) {
            body += bytes[start..<min(start + bodyLineMax, bytes.count)] + Array("\r\n".utf8)
        }
        return body
    }

    /// Encoded words of RFC 2047, each on a line of its own and of whole characters.
    private static func encoded(_ text: String) -> String {
        var words: [String] = []
        var word = ""
        for character in text {
            if !word.isEmpty, word.utf8.count + character.utf8.count > wordBytesMax {
                words.append(word)
                word = ""
            }
            // One that is made of very many parts would make a line of its own length.
            word.append(character.utf8.count > wordBytesMax ? "?" : character)
        }
        words.append(word)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }

    /// RFC 5322, section 3.3.
    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss '+0000'"
        return formatter.string(from: date)
    }
}
