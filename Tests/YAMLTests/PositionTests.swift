import Testing
import YAML

struct PositionTests {
    /// Every node of a document as `line:column`, parents first.
    private func positions(_ node: Node) -> [String] {
        [node.position.description] + node.sequence.flatMap(positions)
            + node.mapping.flatMap { ["key \($0.keyPosition)"] + positions($0.value) }
    }

    @Test(arguments: [
        ("a", ["1:1"]), ("\n  'a'", ["2:3"]), ("", ["1:1"]), ("--- a", ["1:5"]),
        ("a: b", ["1:1", "key 1:1", "1:4"]), ("- |\n a\n", ["1:1", "1:3"]),
        ("- a\n-\n- - b\n", ["1:1", "1:3", "2:2", "3:3", "3:5"]),
        (
            "a:\n  \"b\" : [c,\n    {d: }]\n",
            [
                "1:1", "key 1:1", "2:3", "key 2:3", "2:9", "2:10", "3:5", "key 3:6", "3:8",
            ]
        ),
        ("a: # c\nb:\n- c\n", ["1:1", "key 1:1", "1:3", "key 2:1", "3:1", "3:3"]),
        ("\u{FEFF}a:\r\n  b\r\n", ["1:1", "key 1:1", "2:3"]),
    ])
    func `nodes say where they begin`(text: String, expected: [String]) throws {
        #expect(positions(try YAML.parse(text)) == expected)
    }

    @Test func `columns count characters and not bytes`() throws {
        #expect(
            try YAML.parse("😀é: x").mapping.first?.value.position == Position(line: 1, column: 5))
        #expect(refusal(of: "\"日本\" x")?.position == Position(line: 1, column: 6))
    }

    @Test func `an error is described by place and advice`() {
        #expect(
            refusal(of: "a: 1\n\tb: 2")?.description
                == "2:1: a tab cannot indent a line; use spaces")
    }
}
