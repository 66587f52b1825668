import Testing
import YAML

struct BlockTests {
    @Test(arguments: [
        ("a: 1", #"{"a": 1}"#),
        ("a: 1\nb: 2\n", #"{"a": 1, "b": 2}"#),
        ("a:\n  b:\n    c: 1\n  d: 2\ne: 3\n", #"{"a": {"b": {"c": 1}, "d": 2}, "e": 3}"#),
        ("  a: 1\n  b: 2\n", #"{"a": 1, "b": 2}"#),
        ("a :\n b : 1\n", #"{"a": {"b": 1}}"#),
        ("a:\tb\n", #"{"a": "b"}"#),
        ("a\t: b\n", #"{"a": "b"}"#),
        ("a:\n\nb:\n", #"{"a": null, "b": null}"#),
        ("a: # none\nb: # none\n  - 1\n", #"{"a": null, "b": [1]}"#),
        ("a b: c d\n", #"{"a b": "c d"}"#),
        ("a:b: c:d\n", #"{"a:b": "c:d"}"#),
        ("'a': 1\n\"b\": 2\n\"\": 3\n", #"{"a": 1, "b": 2, "": 3}"#),
        ("?a: 1\n-b: 2\n:c: 3\n", #"{"?a": 1, "-b": 2, ":c": 3}"#),
        ("\"<<\": 1\nb: <<\n", #"{"<<": 1, "b": "<<"}"#),
        ("a:\n  {b: 1}\n", #"{"a": {"b": 1}}"#),
    ])
    func `block mappings are read`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        ("- a\n- b\n", #"["a", "b"]"#),
        ("-\n- \n-", "[null, null, null]"),
        ("- - a\n  - b\n- - c\n", #"[["a", "b"], ["c"]]"#),
        ("- - - a\n    - b\n", #"[[["a", "b"]]]"#),
        ("-   - a\n    - b\n", #"[["a", "b"]]"#),
        ("-\n  - a\n-\n  b: 1\n", #"[["a"], {"b": 1}]"#),
        ("- a: 1\n  b: 2\n- c: 3\n", #"[{"a": 1, "b": 2}, {"c": 3}]"#),
        ("-   a: 1\n    b: 2\n", #"[{"a": 1, "b": 2}]"#),
        ("- a:\n  - 1\n  - 2\n  b:\n    - 3\n", #"[{"a": [1, 2], "b": [3]}]"#),
        ("-a\n", #""-a""#),
        ("- -a\n- ---\n- -1\n", #"["-a", "---", -1]"#),
    ])
    func `block sequences and their compact forms are read`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test func `a sequence may stand at its key's own indentation`() throws {
        let text = "a:\n- 1\n-\n  - 2\nb:\n- c: 3\n  d:\n  - 4\ne: 5\n"
        #expect(try read(text) == #"{"a": [1, [2]], "b": [{"c": 3, "d": [4]}], "e": 5}"#)
    }

    @Test(arguments: [
        ("", "null"), ("\n \n", "null"), ("# only\n  # comments", "null"), ("---", "null"),
        ("...\n", "null"), ("--- a", #""a""#), ("---\na: 1\n...\n", #"{"a": 1}"#),
        ("# c\n---\t# c\n- 1\n... # c\n# c\n", "[1]"), ("--- |\n a\n", #""a\n""#),
        ("---\n---a\n", #""---a""#), ("a\n...", #""a""#), ("--- [1,\n2]\n", "[1, 2]"),
        ("--- >\n\n...\n", #""""#), ("---\n...\n", "null"),
    ])
    func `a document may have a start and an end marker`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        "a: 1\r\nb:\r\n  - |\r\n    x\r\n    y\r\n  - \"p\r\n    q\"\r\n",
        "\u{FEFF}a: 1\nb:\n  - |\n    x\n    y\n  - \"p\n    q\"\n",
        "a: 1 # c\n# c\n   # deeper\nb: # c\n\t\n# left\n  - | # c\n    x\n    y\n\n  - 'p q' # c",
    ])
    func `line ends, byte order marks and comments change nothing`(text: String) throws {
        let expected = #"{"a": 1, "b": ["x\ny\n", "p q"]}"#
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        ("a: 1\n  b: 2\n", "2:3"),  // Looks like a child of a value.
        ("a:\n    b: 1\n  c: 2\n", "3:3"),
        ("  a: 1\nb: 2\n", "2:1"),
        ("- a\n - b\n", "2:2"),
        ("-\n    - a\n  - b\n", "3:3"),
        ("a: \"x\"\n  b: 1\n", "2:3"),
        ("a: b # c\n  d\n", "2:3"),
        ("a:\n- b\n - c\n", "3:2"),
        ("- a: 1\n   b: 2\n", "2:4"),
        ("- a: |\n    x\n   y\n", "3:4"),
        ("a\nb: 1\n", "2:1"),
    ])
    func `a line at nobody's indentation is refused`(text: String, position: String) throws {
        #expect(refusal(of: text)?.position.description == position)
    }

    @Test(arguments: [
        ("a: b: c\n", "1:5", "a mapping cannot begin on this line"),
        ("a: 'b': c\n", "1:7", "a mapping cannot begin on this line"),
        ("--- a: b\n", "1:6", "a mapping cannot begin on this line"),
        ("a: - b\n", "1:4", "a sequence cannot begin on this line"),
        ("--- - b\n", "1:5", "a sequence cannot begin on this line"),
        ("a: 1\n- b\n", "2:1", "an entry of a sequence cannot follow keys"),
        ("- a\nb: 1\n", "2:1", "text follows the document's value"),
        ("a: 1\nb\n", "2:1", "a key is expected here"),
        ("a: 1\nb:2\n", "2:1", "a key is expected here"),
        ("a: 'b' c\n", "1:8", "text follows a value"),
        ("a: 'b'#c\n", "1:7", "a comment needs a space"),
        ("a: [b]]\n", "1:7", "closes nothing"),
        ("\"a\":b\n", "1:4", "put a space behind a key's ':'"),
        (": a\n", "1:1", "a key is missing"),
        ("a: 1\n: b\n", "2:1", "a key is missing"),
        ("'a\n b': c\n", "1:1", "a key must stand on one line"),
        ("a\n b: c\n", "2:2", "cannot hold a key"),
        ("k: a\n  b: c\n", "2:3", "cannot hold a key"),
        ("k: a\n  - b\n", "2:3", "would continue the text above"),
    ])
    func `what YAML gives no meaning is refused with advice`(
        text: String, position: String, message: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }

    @Test(arguments: [
        ("\ta: 1\n", "1:1"), ("a:\n\tb: 1\n", "2:1"), ("a:\n \tb: 1\n", "2:2"),
        ("a:\n  b: 1\n\tc: 1\n", "3:1"), ("-\t- a\n", "1:2"), ("- \ta: 1\n", "1:3"),
        ("[\n\ta]\n", "2:1"), ("a:\n  \"b\n\tc\"\n", "3:1"), ("a: b\n\tc\n", "2:1"),
        ("a: |\n\tb\n", "2:1"), ("a: |\n  b\n\t\n", "3:1"), ("- |\n \t\n", "2:2"),
        ("'a\n\n \tb'", "3:2"), ("a: b\n\t\n c\n", "2:1"),
    ])
    func `a tab that would indent is refused where it stands`(text: String, position: String) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message == "a tab cannot indent a line; use spaces")
    }

    @Test(arguments: [
        ("- \ta\n", #"["a"]"#), ("a: 1\t# c\n", #"{"a": 1}"#), ("[a,\tb\t]\n", #"["a", "b"]"#),
        ("a\tb\n", #""a\tb""#), ("a: 1\n\t# c\n \t\nb: 2\n", #"{"a": 1, "b": 2}"#),
        ("|\n \ta\n", #""\ta\n""#), ("'\ta'", #""\ta""#),
    ])
    func `a tab inside a line is a blank`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }
}
