import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import API

struct JSONReaderTests {
    @Test(
        arguments: [
            ("null", .null), (" \t\r\n7 ", 7), ("-0", 0), ("0.5e+2", .double(50)),
            ("1.0", .double(1)), ("9223372036854775807", .int(.max)),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("1E-400", .double(0)),
            ("\"\"", ""), ("\"\\u00e9\\ud83d\\ude00\\/\\n\"", "é😀/\n"), ("\"\\u0000\"", "\u{0}"),
            ("[ ]", []), ("[1,[],{}]", [1, [], [:]]), ("{\"a\":{\"a\":true}}", ["a": ["a": true]]),
            ("{\"\":false}", ["": false]),
        ] as [(String, JSONValue)])
    func `a value is read as RFC 8259 has it`(text: String, expected: JSONValue) throws {
        #expect(try JSONReader.document(Array(text.utf8)) == expected)
    }

    @Test(arguments: [
        ("", 0), (" ", 1), ("nul", 0), ("True", 0), ("01", 0), ("-", 0), ("+1", 0), (".5", 0),
        ("1.", 2), ("1e", 2), ("1e999", 0), ("NaN", 0), ("[1,]", 3), ("[1 2]", 3), ("[", 1),
        ("{\"a\"}", 4), ("{\"a\":1,}", 7), ("{a:1}", 1), ("{\"a\":1,\"a\":2}", 7), ("1 2", 2),
        ("\"", 1), ("\"\n\"", 1), ("\"\\x\"", 2), ("\"\\ud800\"", 7), ("\"\\udc00\"", 7),
        ("\"\\ud800\\u0041\"", 13), ("\"\\u12g4\"", 5), ("'a'", 0), ("/**/1", 0), ("\u{FEFF}1", 0),
        ("[1]]", 3),
    ])
    func `what is no JSON is refused at its place`(text: String, offset: Int) {
        let failure = #expect(throws: JSONReader.Failure.self) {
            try JSONReader.document(Array(text.utf8))
        }
        #expect(failure?.offset == offset)
    }

    @Test func `64 levels are read and one more is refused`() {
        func nest(_ depth: Int) -> [UInt8] {
            Array(
                (String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(throws: Never.self) { try JSONReader.document(nest(64)) }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.document(nest(65)) }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.document(nest(500_000)) }
    }

    @Test func `invalid UTF-8 is refused`() {
        for bytes: [UInt8] in [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
        ] {
            #expect(throws: JSONReader.Failure.self) { try JSONReader.document(bytes) }
        }
    }

    @Test func `whatever is read, Foundation reads alike`() throws {
        var generator = SeededGenerator(seed: 8259)
        let alphabet = Array("{}[]\":,0123456789.eE+-truefalsn\\u \n".utf8)
        for _ in 0..<20_000 {
            let count = Int.random(in: 1...12, using: &generator)
            let bytes = (0..<count).map { _ in generator.pick(alphabet) }
            guard let value = try? JSONReader.document(bytes) else { continue }  // Most are none.
            let theirs = try JSONSerialization.jsonObject(
                with: Data(bytes), options: .fragmentsAllowed)
            let ours = try JSONSerialization.jsonObject(
                with: Data(value.encodedBytes), options: .fragmentsAllowed)
            #expect(
                (ours as? NSObject) == (theirs as? NSObject),
                "\(String(decoding: bytes, as: UTF8.self))")
        }
    }
}
