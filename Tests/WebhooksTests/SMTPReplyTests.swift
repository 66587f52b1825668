import TestSupport
import Testing

@testable import Webhooks

struct SMTPReplyTests {
    private func reply(_ text: String) throws -> SMTPReply? {
        var reader = SMTPReplyReader()
        reader.feed(Array(text.utf8))
        return try reader.next()
    }

    @Test func `a reply of several lines is read with what it offers`() throws {
        let reply = try #require(
            try reply("250-mail.example greets\r\n250-AUTH PLAIN LOGIN\r\n250 STARTTLS\r\n"))
        #expect(reply.code == 250)
        #expect(reply.extensions == ["AUTH": "PLAIN LOGIN", "STARTTLS": ""])
    }

    @Test func `a reply that comes byte by byte is one, and the rest is kept`() throws {
        var reader = SMTPReplyReader()
        for byte in "220 hello".utf8 {
            reader.feed([byte])
            #expect(try reader.next() == nil)
        }
        #expect(reader.hasMore)
        reader.feed(Array("\n250 injected\r\n".utf8))
        #expect(try reader.next() == SMTPReply(code: 220, lines: ["hello"]))
        #expect(reader.hasMore)
        #expect(try reader.next()?.code == 250)
        #expect(!reader.hasMore)
    }

    @Test(arguments: [
        ("HTTP/1.1 400 Bad Request\r\n", SMTPReplyReader.Fault.noReply), ("25\r\n", .noReply),
        ("250+ok\r\n", .noReply), ("999 x\r\n", .noReply), ("250-a\r\n220 b\r\n", .codesDiffer),
    ])
    func `what is no reply is refused`(text: String, fault: SMTPReplyReader.Fault) {
        #expect(throws: fault) { try reply(text) }
    }

    @Test func `a line and a reply have so many bytes and lines, and no more`() throws {
        let max = SMTPReplyReader.lineBytesMax
        #expect(try reply("250 " + String(repeating: "x", count: max - 5) + "\r\n") != nil)
        #expect(throws: SMTPReplyReader.Fault.lineTooLong) {
            try reply("250 " + String(repeating: "x", count: max) + "\r\n")
        }
        let lines = String(repeating: "250-x\r\n", count: SMTPReplyReader.linesMax - 1)
        #expect(try reply(lines + "250 end\r\n")?.lines.count == SMTPReplyReader.linesMax)
        #expect(throws: SMTPReplyReader.Fault.tooManyLines) {
            try reply(lines + "250-x\r\n250 end\r\n")
        }
    }

    @Test(arguments: UInt64(1)...20)
    func `whatever comes in whatever pieces, it is read or refused`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            "250 ok\r\n", "250-", "220", " ", "-", "\r\n", "\n", "\r", "\u{0}", "ä", "5", "AUTH",
        ]
        for _ in 0..<200 {
            var reader = SMTPReplyReader()
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                reader.feed(Array(generator.pick(pieces).utf8))
                if generator.chance(10) {
                    reader.feed([UInt8.random(in: 0...255, using: &generator)])
                }
                // A fault ends the connection, and with it the reader.
                guard let reply = try? reader.next() else { continue }
                #expect((200...599).contains(reply.code))
                #expect(reply.text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
            }
        }
    }
}
