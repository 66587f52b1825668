import Testing

@testable import Locust

struct JSONReaderTests {
    private func read(_ text: String) throws(JSONReader.Failure) -> JSONValue {
        try JSONReader.document(Array(text.utf8))
    }

    @Test(arguments: [
        ("null", JSONValue.null), (" true ", .bool(true)), ("false", .bool(false)),
        ("-0.5e1", .number(-5)), ("12", .number(12)), ("Infinity", .number(.infinity)),
        ("-Infinity", .number(-.infinity)), ("[]", .list([])), ("{ }", .object([:])),
        (
            "[1, [2], {\"a\": \"b\"}]",
            .list([.number(1), .list([.number(2)]), .object(["a": .text("b")])])
        ),
        (#""\"\\\/\b\f\n\r\t""#, .text("\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u00e9\uD83E\uDD97 é""#, .text("é🦗 é")),
        (#""\uD83E""#, .text("\u{FFFD}")), (#""\uDD97x""#, .text("\u{FFFD}x")),
        (#""\uD83E\u0041""#, .text("\u{FFFD}A")),
        (#"{"a": 1, "a": 2}"#, .object(["a": .number(2)])),
    ])
    func `what Python writes is read`(text: String, expected: JSONValue) throws {
        #expect(try read(text) == expected)
    }

    @Test func `NaN is a number that nobody can use`() throws {
        let value = try read("[NaN]")
        #expect(value.list?.first?.number == nil)
        #expect(value.list?.first?.count == nil)
    }

    @Test(arguments: [
        ("", 0, "a value"), ("{", 1, "a name in quotes"), ("[1,]", 3, "a value"),
        ("[1 2]", 3, "a comma or a closing bracket"), (#"{"a" 1}"#, 5, "a colon"),
        (#"{"a": 1,}"#, 8, "a name in quotes"), (#""abc"#, 4, "a closing quote"),
        (#""\x""#, 3, "an escape"), (#""\u12g4""#, 5, "four hexadecimal digits"),
        ("nul", 0, "null"), ("1 1", 2, "the end"), ("--1", 0, "a value"), ("'a'", 0, "a value"),
    ])
    func `what is not JSON is refused where it goes wrong`(
        text: String, offset: Int, expected: String
    ) {
        #expect(throws: JSONReader.Failure(offset: offset, expected: expected)) {
            try read(text)
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
