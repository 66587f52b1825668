import TestSupport
import Testing

@testable import swarmkeeper

struct EventParserTests {
    private func read(_ texts: String...) throws -> [EventParser.Event] {
        var parser = EventParser()
        return try texts.flatMap { try parser.read(Array($0.utf8)) }
    }

    @Test func `an event has an id, a name and data`() throws {
        let events = try read(
            "retry: 2000\n\n: heartbeat\n\nid: a-1\nevent: run\ndata: {\"x\":1}\n\n",
            "event: sample\ndata:no blank\n\n")
        #expect(
            events == [
                .init(id: "a-1", name: "run", data: "{\"x\":1}"),
                .init(id: "a-1", name: "sample", data: "no blank"),
            ])
    }

    @Test func `lines end in each of the three ways, and bytes come in any pieces`() throws {
        let text = "\u{FEFF}id: 1\r\ndata: a\rdata: b\n\r\nid\ndata\n\n"
        let whole = try read(text)
        #expect(whole == [.init(id: "1", data: "a\nb"), .init(id: nil, data: "")])
        var parser = EventParser()
        let pieces = try Array(text.utf8).flatMap { try parser.read([$0]) }
        #expect(pieces == whole)
    }

    @Test func `an id counts only with the event that it came with`() throws {
        var parser = EventParser()
        let first = try parser.read(Array("id: 1\ndata: a\n\nid: 2\ndata: b".utf8))
        #expect(first.count == 1)
        #expect(parser.lastID == "1")
        var next = EventParser(goingOnAfter: parser.lastID)
        let second = try next.read(Array("id: 2\ndata: b\n\n".utf8))
        #expect(second == [.init(id: "2", data: "b")])
    }

    @Test func `an id with NUL is none, and what is not known is passed over`() throws {
        #expect(try read("id: a\u{0}b\nfoo: bar\ndata: x\n\n") == [.init(data: "x")])
    }

    @Test func `what never ends is refused`() throws {
        var parser = EventParser()
        let piece = [UInt8](repeating: 0x61, count: 1 << 20)
        #expect(throws: EventParser.TooLong.self) {
            for _ in 0..<9 { _ = try parser.read(piece) }
        }
        var other = EventParser()
        #expect(throws: EventParser.TooLong.self) {
            for _ in 0..<9 { _ = try other.read(Array("data: ".utf8) + piece + [0x0A]) }
        }
    }

    @Test func `whatever comes, pieces make no difference`() throws {
        var random = SeededGenerator(seed: 20_261_121)
        let words = [
            "id: ", "event: ", "data: ", "data", "\n", "\n\n", "\r\n", "\r", ": x", "a", "ä",
            "{\"a\":1}", "\u{0}", " ", ":", "retry: 1",
        ]
        for _ in 0..<2_000 {
            let text = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                words.randomElement(using: &random) ?? ""
            }.joined()
            let bytes = Array(text.utf8)
            var whole = EventParser()
            let expected = try whole.read(bytes)
            var parser = EventParser()
            var (found, rest) = ([EventParser.Event](), bytes[...])
            while !rest.isEmpty {
                let count = Int.random(in: 1...rest.count, using: &random)
                found += try parser.read(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            #expect(found == expected)
            #expect(parser.lastID == whole.lastID)
        }
    }
}
