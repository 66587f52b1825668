import Testing
import YAML

struct BlockScalarTests {
    @Test(arguments: [
        ("|\n a\n b\n", "a\nb\n"), ("|\n  a\n   b\n\n  c\n", "a\n b\n\nc\n"),
        ("|\n\n a\n", "\na\n"),
        ("|\n a # b\n # c\n", "a # b\n# c\n"), ("|\n a: - [\n", "a: - [\n"), ("|\n \\n\n", "\\n\n"),
        ("| # c\n a\n", "a\n"), ("|\t# c\n a \n", "a \n"), ("|\n a\n   \n b\n", "a\n  \nb\n"),
        ("|\n a\n  \n", "a\n \n"), ("|\n  a\n \n\n  b\n", "a\n\n\nb\n"), ("|\n", ""), ("|", ""),
        ("|\n a", "a"),  // Without a line break at the end there is none to keep (8.1.1.2).
    ])
    func `a literal scalar keeps its lines`(text: String, expected: String) throws {
        #expect(try YAML.parse(text).text == expected)
    }

    @Test(arguments: [
        (">\n a\n b\n", "a b\n"), (">\n a\n\n b\n", "a\nb\n"), (">\n a\n\n\n b\n", "a\n\nb\n"),
        (">\n a\n  b\n c\n", "a\n b\nc\n"), (">\n a\n\n  b\n\n c\n", "a\n\n b\n\nc\n"),
        (">\n  a\n  \tb\n  c\n", "a\n\tb\nc\n"), (">\n\n a\n b\n", "\na b\n"),
        (">\n a \n b\n", "a  b\n"),
        (">\n   a\n   b\n\n\n", "a b\n"), (">\n a\n   \n b\n", "a\n  \nb\n"),
    ])
    func `a folded scalar joins its lines`(text: String, expected: String) throws {
        #expect(try YAML.parse(text).text == expected)
    }

    @Test(arguments: [
        ("|\n a\n\n\n", "a\n"), ("|-\n a\n\n\n", "a"), ("|+\n a\n\n\n", "a\n\n\n"),
        (">+\n a\n\n", "a\n\n"), (">-\n a\n b\n", "a b"), ("|\n\n\n", ""), ("|-\n\n\n", ""),
        ("|+\n\n\n", "\n\n"), ("|+\n a\n \n", "a\n\n"), ("|-\n   \n", ""), ("|+\n", ""),
        ("|\n a\n   ", "a\n  "), (">\n\n  ", ""),
    ])
    func `the chomping indicator decides about the last line breaks`(
        text: String, expected: String
    ) throws {
        #expect(try YAML.parse(text).text == expected)
    }

    @Test(arguments: [
        ("- |1\n  a\n", #"[" a\n"]"#), ("- |2-\n   a\n  b\n", #"[" a\nb"]"#),
        ("a:\n  b: >-1\n    c\n", #"{"a": {"b": " c"}}"#), ("- |+2\n\n   a\n\n", #"["\n a\n\n"]"#),
        ("a:\n- |1\n  b\n", #"{"a": [" b\n"]}"#), ("- a: |1\n    b\n", #"[{"a": " b\n"}]"#),
        ("- |9\n          a\n", #"[" a\n"]"#), ("- |1\n \n", #"[""]"#), ("- |1\n  \n", #"[" \n"]"#),
    ])
    func `the indentation indicator counts from the parent`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        ("a: |\n b\nc: d\n", #"{"a": "b\n", "c": "d"}"#),
        ("a: |\nb: c\n", #"{"a": "", "b": "c"}"#),
        ("a: |+\n\n\nb: c\n", #"{"a": "\n\n", "b": "c"}"#),
        ("a: |\n  b\n # c\n\n# d\ne: f\n", #"{"a": "b\n", "e": "f"}"#),
        ("a: |\n    \nb: c\n", #"{"a": "", "b": "c"}"#),
        ("- |\n a\n- >\n b\n", #"["a\n", "b\n"]"#), ("a:\n  |\n b\n", #"{"a": "b\n"}"#),
        ("- - |\n   a\n  - b\n", #"[["a\n", "b"]]"#), ("--- |\n a\n...\n", #""a\n""#),
        ("a:\n  b: |\n    c\n\n  d: e\n", #"{"a": {"b": "c\n", "d": "e"}}"#),
    ])
    func `a block scalar ends at its parent's indentation`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        ("a: |x\n", "1:5", "only '+' or '-'"), ("a: | x\n", "1:6", "text follows"),
        ("a: |0\n b\n", "1:5", "only '+' or '-'"), ("a: |10\n b\n", "1:6", "only '+' or '-'"),
        ("a: |+-\n b\n", "1:6", "only '+' or '-'"), ("a: |#c\n b\n", "1:5", "only '+' or '-'"),
        ("|1\n  a\n", "1:2", "cannot say its indentation"),
        ("--- |\na\n", "2:1", "must be indented"),
        ("--- |\n# a\n", "2:1", "must be indented"),
        ("a: |\n    \n  b\n", "2:5", "cannot hold more"),
        ("a: |+\n b\n ", "3:2", "needs a line break"), ("|+\n   ", "2:4", "needs a line break"),
        ("- |2\n b\n", "2:2", "belongs to nothing"),
    ])
    func `a malformed block scalar is refused with advice`(
        text: String, position: String, message: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }
}
