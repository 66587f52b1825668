import Testing
import YAML

struct SourceTextTests {
    @Test(
        arguments: [
            ([0x61, 0xFF], "1:2"), ([0x61, 0x0A, 0xC3], "2:1"), ([0xC0, 0x80], "1:1"),
            ([0xED, 0xA0, 0x80], "1:1"), ([0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], "1:2"),
            ([0xFF, 0xFE, 0x61, 0x00], "1:1"), ([0x23, 0x20, 0x80], "1:3"),
        ] as [([UInt8], String)])
    func `bytes that are not UTF-8 are refused where they stand`(bytes: [UInt8], position: String) {
        let error = refusal(of: bytes)
        #expect(error?.position.description == position)
        #expect(error?.message.contains("UTF-8") == true)
    }

    @Test(
        arguments: [
            0x00, 0x01, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9F, 0x2028, 0x2029,
            0xFEFF,
            0xFFFE, 0xFFFF,
        ] as [UInt32])
    func `a character that YAML forbids or parsers drop is refused`(code: UInt32) throws {
        let scalar = Character(try #require(Unicode.Scalar(code)))
        for text in ["a\(scalar)b", "'\(scalar)'", "##\(scalar)", "| \n\(scalar)"] {
            let error = refusal(of: text)
            #expect(error?.message.contains("cannot stand in the text") == true, "\(text)")
        }
        #expect(refusal(of: "a:\n  b\(scalar)")?.position == Position(line: 2, column: 4))
    }

    @Test func `the message says how to write a forbidden character`() {
        #expect(
            refusal(of: "a: \u{7}")?.message.contains(
                #"U+0007 cannot stand in the text; write "\u0007""#) == true)
    }

    @Test(arguments: [("a\rb", "1:2"), ("a: 1\n\r", "2:1"), ("a\r\r\n", "1:2"), ("\r", "1:1")])
    func `a lone carriage return is refused`(text: String, position: String) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains("carriage return") == true)
    }

    @Test(arguments: [
        ("%YAML 1.2\n---\na", "1:1", "directives"), ("# c\n%TAG ! !\n---\n", "2:1", "directives"),
        ("a\n---\nb", "2:1", "only one document"), ("---\n---\n", "2:1", "only one document"),
        ("a\n...\nb", "3:1", "only one document"), ("a\n...\n---\n", "3:1", "only one document"),
        ("a: 1\n...\n...\n", "3:1", "only one document"), ("...\na", "2:1", "only one document"),
        ("a\n... b", "2:5", "text follows"), ("a: |\n b\n---\n", "3:1", "only one document"),
    ])
    func `directives and further documents are refused`(
        text: String, position: String, message: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }
}

struct LimitTests {
    @Test func `a text may fill the limit and not go over it`() throws {
        let text = "a: " + String(repeating: "b", count: YAML.documentBytesMax - 3)
        #expect(try YAML.parse(text).mapping.first?.value.text?.utf8.count == text.utf8.count - 3)
        let error = refusal(of: text + "b")
        #expect(error?.position == Position(line: 1, column: 1))
        #expect(error?.message.contains("limit of 1048576") == true)
    }

    @Test(arguments: [
        (open: "[", close: "]"), (open: "{a: ", close: "}"), (open: "- ", close: ""),
    ])
    func `collections may nest to the limit and not deeper`(open: String, close: String) throws {
        func nested(_ depth: Int) -> String {
            String(repeating: open, count: depth) + "x" + String(repeating: close, count: depth)
        }
        _ = try YAML.parse(nested(YAML.depthMax))
        let error = refusal(of: nested(YAML.depthMax + 1))
        #expect(error?.position.column == YAML.depthMax * open.count + 1)
        #expect(error?.message.contains("deeper than 64 levels") == true)
    }

    @Test func `block mappings nest to the limit and not deeper`() throws {
        func nested(_ depth: Int) -> String {
            (0..<depth).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        }
        _ = try YAML.parse(nested(YAML.depthMax))
        let error = refusal(of: nested(YAML.depthMax + 1))
        #expect(error?.position == Position(line: YAML.depthMax + 1, column: YAML.depthMax + 1))
    }
}
