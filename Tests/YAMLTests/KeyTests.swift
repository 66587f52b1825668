import Testing
import YAML

struct KeyTests {
    @Test func `keys keep their text whatever the schema makes of it`() throws {
        let pairs = try YAML.parse("8080: a\ntrue: b\n~: c\n0x1F: d\n1.10: e\n\"x\\ty\": f\n")
            .mapping
        #expect(pairs.map(\.key) == ["8080", "true", "~", "0x1F", "1.10", "x\ty"])
    }

    @Test(arguments: [
        ("a: 1\nb: 2\na: 3\n", "3:1", "1:1"), ("a: 1\n'a': 2\n", "2:1", "1:1"),
        ("{a: 1, \"\\x61\": 2}", "1:8", "1:2"), ("1: a\n0x1: b\n", "2:1", "1:1"),
        ("1: a\n+1: b\n", "2:1", "1:1"), ("012: a\n12: b\n", "2:1", "1:1"),
        ("1: a\n\"1\": b\n", "2:1", "1:1"), ("\"true\": a\ntrue: b\n", "2:1", "1:1"),
        ("true: a\nTrue: b\n", "2:1", "1:1"), ("~: a\nnull: b\n", "2:1", "1:1"),
        ("1.0: a\n1.00: b\n", "2:1", "1:1"), (".nan: a\n.NaN: b\n", "2:1", "1:1"),
        (".inf: a\n+.inf: b\n", "2:1", "1:1"), ("- a:\n    b: 1\n    b: 2\n", "3:5", "2:5"),
        ("\u{E9}: 1\ne\u{301}: 2\n", "2:1", "1:1"),  // The same text to Swift.
        ("a: 1\na: [\n", "2:1", "1:1"),  // Reported although its value is broken too.
    ])
    func `a key given twice is refused with both places`(
        text: String, position: String, earlier: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains("already given at \(earlier);") == true)
    }

    @Test func `keys that differ are told apart`() throws {
        #expect(try YAML.parse("1: a\n1.0: b\ntrue: c\nyes: d\nA: e\na: f\n").mapping.count == 6)
        #expect(try YAML.parse("a: {x: 1}\nb: {x: 1}\n").mapping.count == 2)
    }

    @Test func `a key may have as many characters as YAML allows and not one more`() throws {
        let key = String(repeating: "ä", count: YAML.keyCharactersMax)
        #expect(try YAML.parse("\(key): 1").mapping.first?.key == key)
        #expect(try YAML.parse("{\(key): 1}").mapping.first?.key == key)
        #expect(refusal(of: "b: 2\n\(key)x: 1")?.position == Position(line: 2, column: 1))
        #expect(refusal(of: "\(key) : 1")?.message.contains("1024 characters at most") == true)
        #expect(refusal(of: "{'\(key)': 1}")?.position == Position(line: 1, column: 2))
    }

    @Test func `a long key is shortened in messages`() throws {
        let key = String(repeating: "k", count: 1000)
        let error = try #require(refusal(of: "\(key): 1\n\(key): 2\n"))
        #expect(error.message.count < 200)
    }
}
