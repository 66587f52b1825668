import Foundation
import TestSupport
import Testing

@testable import JSON

struct JSONReaderTests {
    private func read(_ text: String, _ dialect: JSONReader.Dialect = .strict)
        throws(JSONReader.Failure) -> JSONValue
    {
        try JSONReader.document(Array(text.utf8), dialect: dialect)
    }

    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
        ("0", .int(0)), ("-0", .int(0)), ("12", .int(12)), ("-0.5e1", .double(-5)),
        ("1.0", .double(1)), ("1E+2", .double(100)),
        ("9223372036854775807", .int(.max)), ("-9223372036854775808", .int(.min)),
        ("9223372036854775808", .double(9_223_372_036_854_775_808)),
        ("[]", .array([])), ("{ }", .object([:])),
        (
            "[1, [2], {\"a\": \"b\"}]",
            .array([.int(1), .array([.int(2)]), .object(["a": .string("b")])])
        ),
        (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u00e9\uD83E\uDD97 é""#, .string("é🦗 é")),
    ])
    func `every kind of value is read, in both dialects`(text: String, expected: JSONValue) throws {
        #expect(try read(text) == expected)
        #expect(try read(text, .python) == expected)
    }

    @Test(arguments: [
        ("Infinity", JSONValue.double(.infinity)), ("-Infinity", .double(-.infinity)),
        (#"{"a": 1, "a": 2}"#, .object(["a": .int(2)])), ("\"\t\"", .string("\t")),
        (#""\uD83E""#, .string("\u{FFFD}")), (#""\uDD97x""#, .string("\u{FFFD}x")),
        (#""\uD83E\u0041""#, .string("\u{FFFD}A")),
    ])
    func `what only Python writes is refused by default`(text: String, expected: JSONValue) throws {
        #expect(try read(text, .python) == expected)
        #expect(throws: JSONReader.Failure.self) { try read(text) }
    }

    @Test func `NaN is a number that nobody can use`() throws {
        let value = try read("[NaN]", .python)
        #expect(value.items?.first?.number == nil)
        #expect(value.items?.first?.integer == nil)
        #expect(throws: JSONReader.Failure.self) { try read("[NaN]") }
    }

    @Test(arguments: [
        ("", 0, "a value"), ("{", 1, "a name in quotes"), ("[1,]", 3, "a value"),
        ("[1 2]", 3, "a comma or a closing bracket"), (#"{"a" 1}"#, 5, "a colon"),
        (#"{"a": 1,}"#, 8, "a name in quotes"), (#""abc"#, 4, "a closing quote"),
        (#""\x""#, 3, "an escape"), (#""\u12g4""#, 5, "four hexadecimal digits"),
        ("nul", 0, "null"), ("1 1", 2, "the end"), ("--1", 1, "a value"), ("'a'", 0, "a value"),
        ("01", 0, "a number without leading zeros"), ("1.", 2, "a digit"), ("1e", 2, "a digit"),
        ("1e999", 0, "a number that a double can hold"),
        (#"{"a": 1, "a": 2}"#, 9, "every name once in an object, \"a\" is there twice"),
        ("\"\n\"", 1, "control characters as escapes"), ("\u{B}1", 0, "a value"),
    ])
    func `what is not JSON is refused where it goes wrong`(
        text: String, offset: Int, expected: String
    ) {
        #expect(throws: JSONReader.Failure(offset: offset, expected: expected)) {
            try read(text)
        }
    }

    @Test func `text that is no UTF-8 is refused`() {
        #expect(throws: JSONReader.Failure.self) {
            try JSONReader.document([UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")])
        }
    }

    @Test func `what is written reads back the same`() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let value = JSONValue.random(depth: 4, using: &random)
            #expect(try JSONReader.document(value.encodedBytes) == value)
        }
    }

    @Test func `written keys are in order, and whole numbers have no fraction`() {
        let value = JSONValue.object([
            "b": .double(2), "a": .double(0.1), "c": .double(.nan), "d": .string("\u{1}\"/é"),
        ])
        let text = String(decoding: value.encodedBytes, as: UTF8.self)
        #expect(text == #"{"a":0.1,"b":2,"c":null,"d":"\u0001\"/é"}"#)
    }

    @Test func `inside other values a value is coded as its text, and comes back the same`() throws
    {
        var random = SeededGenerator(seed: 13)
        for _ in 0..<200 {
            let values = ["a": JSONValue.random(depth: 4, using: &random)]
            let data = try JSONEncoder().encode(values)
            #expect(try JSONDecoder().decode([String: JSONValue].self, from: data) == values)
        }
    }

    @Test func `damaged documents never crash the reader`() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<3_000 {
            var bytes = JSONValue.random(depth: 4, using: &random).encodedBytes
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                if random.chance(30) {
                    bytes.remove(at: place)
                } else {
                    bytes[place] = UInt8.random(in: 0...255, using: &random)
                }
            }
            guard let value = try? JSONReader.document(bytes) else { continue }
            #expect((try? JSONReader.document(value.encodedBytes)) == value)
        }
    }

    @Test func `nesting is accepted up to the limit`() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        _ = try read(nested(JSONReader.depthMax))
        #expect(throws: JSONReader.Failure.self) { try read(nested(JSONReader.depthMax + 1)) }
        #expect(throws: JSONReader.Failure.self) { try read(nested(1_000_000)) }
    }
}

extension JSONValue {
    fileprivate static func random(depth: Int, using random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 0 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(random.chance(50))
        case 2: .int(Int64.random(in: .min ... .max, using: &random))
        case 3: .double(Double.random(in: -1e6...1e6, using: &random) + 0.123_456_7)
        case 4: .string(random.pick(["", "a", "é", "\u{0}", "\"\\\n", "🦗", "\u{2028}"]))
        case 5: .int(0)
        case 6:
            .array(
                (0..<Int.random(in: 0...4, using: &random)).map { _ in
                    .random(depth: depth - 1, using: &random)
                })
        default:
            .object(
                Dictionary(
                    (0..<Int.random(in: 0...4, using: &random)).map { index in
                        ("k\(index)é\"", .random(depth: depth - 1, using: &random))
                    }, uniquingKeysWith: { first, _ in first }))
        }
    }
}
