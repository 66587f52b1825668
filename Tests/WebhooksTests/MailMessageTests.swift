import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Webhooks

struct MailMessageTests {
    private func lines(_ notice: Notice, to recipients: [String] = ["team@shop.example"])
        -> [String]
    {
        let message = MailMessage(
            notice, id: DeliveryID("d-1"), from: "keeper@shop.example", to: recipients,
            publicURL: "https://keeper.example", at: epoch)
        return String(decoding: message.text, as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test func `a message has the headers that it needs, and its id at all attempts`() {
        let lines = lines(.sample(), to: ["a@shop.example", "b@shop.example"])
        #expect(
            Array(lines.prefix(10)) == [
                "Date: Fri, 15 Jan 2027 08:00:00 +0000", "From: <keeper@shop.example>",
                "To: <a@shop.example>,", " <b@shop.example>",
                "Subject: =?utf-8?B?W3N3YXJta2VlcGVyXSBGYWlsZWQ6IENoZWNrb3V0?=",
                "Message-ID: <d-1@shop.example>", "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: base64",
            ])
    }

    @Test(arguments: 0..<200)
    func `no name of a run begins another header, line or message`(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let pieces = [
            "\r\n", "\n", "\r", ".", "\r\n.\r\n", "Bcc: x@evil.example", "\u{2028}", "\u{0}", "ä",
            "👩‍👩‍👧‍👦", "?=", "=?utf-8?B?", " ", String(repeating: "e\u{301}", count: 40),
        ]
        let name = (0..<12).map { _ in generator.pick(pieces) }.joined()
        let lines = lines(.sample(name: name))
        let head = lines.prefix { !$0.isEmpty }
        let names = head.filter { !$0.hasPrefix(" ") }.map { $0.prefix { $0 != ":" } }
        #expect(
            names == [
                "Date", "From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version",
                "Content-Type", "Content-Transfer-Encoding",
            ])
        #expect(lines.allSatisfy { $0.utf8.count <= 78 && $0 != "." })
        #expect(lines.allSatisfy { $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } })
    }

    @Test(arguments: [
        ("team@shop.example", true), ("a.b+c@x.org", true), ("a@localhost", true),
        ("a b@x.org", false), ("a@x.org\r\nRCPT TO:<b@x.org>", false), ("a@x@y", false),
        ("<a@x.org>", false), ("a@x.org>", false), (".a@x.org", false), ("a..b@x.org", false),
        ("a@x..org", false), ("@x.org", false), ("a@", false), ("ä@x.org", false),
        ("\"a b\"@x.org", false), ("a,b@x.org", false),
        (String(repeating: "a", count: 64) + "@x.org", true),
        (String(repeating: "a", count: 65) + "@x.org", false),
    ])
    func `only addresses that need no quotes are taken`(text: String, isValid: Bool) {
        #expect(MailAddress.isValid(text) == isValid)
    }

    @Test func `recipients may be bound to domains`() {
        var settings = SMTPSettings(host: "h", port: 25, from: "k@shop.example")
        #expect(settings.allows("a@anywhere.example"))
        settings.recipientDomains = ["Shop.example"]
        #expect(settings.allows("a@shop.EXAMPLE"))
        #expect(!settings.allows("a@evil-shop.example") && !settings.allows("a@x.shop.example"))
    }
}
