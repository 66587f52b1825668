import Testing
import YAML

struct FlowTests {
    @Test(arguments: [
        ("[]", "[]"), ("{}", "{}"), ("[ ]", "[]"), ("{ }", "{}"),
        ("[a, b]", #"["a", "b"]"#), ("[a,b,]", #"["a", "b"]"#), ("[a , b , ]", #"["a", "b"]"#),
        ("{a: 1, b: 2}", #"{"a": 1, "b": 2}"#), ("{a: 1,}", #"{"a": 1}"#),
        ("{a: , b: }", #"{"a": null, "b": null}"#), ("{\"a\":, 'b':}", #"{"a": null, "b": null}"#),
        ("{a : 1}", #"{"a": 1}"#), ("{\"a\":1,'b':2}", #"{"a": 1, "b": 2}"#),
        ("{\"a\" : 1, \"b\" :2}", #"{"a": 1, "b": 2}"#),
        ("{a: {b: [c, d]}}", #"{"a": {"b": ["c", "d"]}}"#),
        ("[[], [[]], {}]", "[[], [[]], {}]"), ("[a b, c:d, e#f]", #"["a b", "c:d", "e#f"]"#),
        ("[-1, -a, \"?\", null]", #"[-1, "-a", "?", null]"#),
        ("{\"a\": \"b\", \"c\": [true, 1.5e3]}", #"{"a": "b", "c": [true, float(1500.0)]}"#),
        ("[http://a.example:80/x?y=z]", #"["http://a.example:80/x?y=z"]"#),
    ])
    func `flow collections on one line are read`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        ("a: [\n  1,\n  2\n ]\nb: 3\n", #"{"a": [1, 2], "b": 3}"#),
        ("a: { # c\n  b: 1, # c\n# left\n\n  c:\n    2 # c\n  }\n", #"{"a": {"b": 1, "c": 2}}"#),
        ("[\na,\nb\n]\n", #"["a", "b"]"#),
        ("[a\n b, c\n\n\n d]\n", #"["a b", "c\n\nd"]"#),
        ("['a\n\n b', \"c\n d\"]\n", #"["a\nb", "c d"]"#),
        ("- [\n   a, {b: c,\n  d: e}]\n- f\n", #"[["a", {"b": "c", "d": "e"}], "f"]"#),
        ("[a # c\n, b]", #"["a", "b"]"#),
    ])
    func `flow collections over several lines are read`(text: String, expected: String) throws {
        #expect(try read(text) == expected)
    }

    @Test(arguments: [
        ("[a", "1:1", "never closed"), ("a: {b: [c\n", "1:8", "never closed"),
        ("{a: b", "1:1", "never closed"), ("{a: ", "1:1", "never closed"),
        ("[a}", "1:3", "a ',' or ']' is expected"), ("{a: b]", "1:6", "a ',' or '}' is expected"),
        ("['a' b]", "1:6", "a ',' or ']' is expected"),
        ("[,]", "1:2", "a value is expected"), ("[a,,b]", "1:4", "a value is expected"),
        ("{,}", "1:2", "a value is expected"),
        ("[a: b]", "1:3", "needs braces"), ("[\"a\": b]", "1:5", "needs braces"),
        ("{a}", "1:2", "needs a value"), ("{a:b}", "1:2", "needs a value"),
        ("{a\n: b}", "1:2", "needs a value"), ("{\"a\" 1}", "1:2", "needs a value"),
        ("{a\n b: c}", "2:2", "cannot hold a key"), ("{'a\n b': c}", "1:2", "one line"),
        ("{[a]: b}", "1:2", "a collection cannot be a key"),
        ("[a]: b", "1:1", "a collection cannot be a key"),
        ("{a: 1}: b", "1:1", "a collection cannot be a key"),
        ("[- a]", "1:2", "use commas"), ("[-]", "1:2", "use commas"),
        ("[a\n - b]", "2:2", "would continue the text above"),
        ("{a:}", "1:3", "put a space behind it"), ("{a:,b: c}", "1:3", "put a space"),
        ("{b: c, a:[d]}", "1:9", "put a space"), ("[? a]", "1:2", "'? ' keys"),
        ("{: a}", "1:2", "a key is missing"),
        ("[?a]", "1:2", "cannot begin with '?'"), ("[::1]", "1:2", "cannot begin with ':'"),
        ("[| a]", "1:2", "a block scalar cannot stand in brackets"),
        ("[a,#c\n b]", "1:4", "a comment needs a space"), ("['a'#c\n]", "1:5", "a comment needs"),
        ("a: [\n]\n", "2:1", "indent this line by at least 1 space"),
        ("a:\n  - [\n  b]\n", "3:3", "indent this line by at least 3 spaces"),
        ("[\n---\n]", "2:1", "not closed before this document marker"),
        ("[a\n...\n]", "2:1", "not closed before this document marker"),
        ("[a] b", "1:5", "text follows a value"),
    ])
    func `a malformed flow collection is refused with advice`(
        text: String, position: String, message: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }

    @Test(arguments: ["[a]b", "{a: b}c", "[a]# c", "{a: b}: c: d"])
    func `nothing may touch a closing bracket`(text: String) {
        #expect(refusal(of: text) != nil)
    }
}
