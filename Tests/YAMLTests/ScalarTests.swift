import Testing
import YAML

struct PlainScalarTests {
    @Test(arguments: [
        ("a b  c", "a b  c"), ("  a  ", "a"), ("a # c", "a"), ("a# c", "a# c"), ("a #", "a"),
        ("a:b", "a:b"), ("a::b", "a::b"), ("::1", "::1"), ("?x", "?x"), ("-x", "-x"), ("--", "--"),
        ("a, [b] {c}", "a, [b] {c}"), ("a'b\"c", "a'b\"c"), ("a\\n", "a\\n"),
        ("a & b * c ! d", "a & b * c ! d"),
        ("12:30", "12:30"), ("2001-01-01", "2001-01-01"), ("é日本😀", "é日本😀"), ("a\u{A0}", "a\u{A0}"),
        ("http://127.0.0.1:8089", "http://127.0.0.1:8089"), ("${NAME:-x}", "${NAME:-x}"),
    ])
    func `a plain scalar ends at blanks and comments`(text: String, expected: String) throws {
        #expect(try YAML.parse(text).text == expected)
        #expect(try YAML.parse("k: " + text + "\n").mapping.first?.value.text == expected)
    }

    @Test(arguments: [
        ("a\nb\n", "a b"), ("a  \n  b\n", "a b"), ("a\n\nb\n", "a\nb"), ("a\n\n \n\nb", "a\n\n\nb"),
        ("a\n \"b\" [c] &d # e\n", "a \"b\" [c] &d"), ("1\n2", "1 2"), ("a\n#b", "a"),
        ("a\n b:c\n -d\n", "a b:c -d"),
    ])
    func `lines of a plain scalar are folded`(text: String, expected: String) throws {
        let node = try YAML.parse(text)
        #expect(node.text == expected)
        #expect(render(node) == quote(expected))
    }

    @Test func `a plain scalar continues only at a deeper indentation`() throws {
        #expect(try read("a: b\n c\nd:\n  e\n  f\n") == #"{"a": "b c", "d": "e f"}"#)
        #expect(try read("- a\n b\n- c\n") == #"["a b", "c"]"#)
        #expect(refusal(of: "a: b\nc\n")?.position == Position(line: 2, column: 1))
    }

    @Test(arguments: [
        ("&a b", "1:1", "anchors"), ("k: &a b", "1:4", "anchors"), ("- *a", "1:3", "aliases"),
        ("*a : b", "1:1", "aliases"), ("!t a", "1:1", "tags"), ("k: !!str 1", "1:4", "tags"),
        ("[&a b]", "1:2", "anchors"), ("{a: *b}", "1:5", "aliases"), ("[!t a]", "1:2", "tags"),
        ("k: @a", "1:4", "cannot begin with '@'"), ("k: `a", "1:4", "cannot begin with '`'"),
        ("k: %a", "1:4", "cannot begin with '%'"), ("k: , a", "1:4", "a value is expected"),
        ("k: ]", "1:4", "a value is expected"), ("k: }", "1:4", "a value is expected"),
        ("? a\n: b\n", "1:1", "'? ' keys"), ("k: ? a", "1:4", "'? ' keys"),
        ("?", "1:1", "'? ' keys"),
        ("a: 1\n? b\n: c\n", "2:1", "'? ' keys"),
        ("<<: a", "1:1", "merge keys"), ("{<<: a}", "1:2", "merge keys"),
        ("a: 1\n<<: b", "2:1", "merge keys"),
    ])
    func `an unsupported beginning is refused with advice`(
        text: String, position: String, message: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }
}

struct QuotedScalarTests {
    @Test(arguments: [
        (#""""#, ""), (#""a b""#, "a b"), (#""  a  ""#, "  a  "), (#""'""#, "'"),
        ("\"# : [\"", "# : ["),
        (#""\0\a\b\t\n\v\f\r\e""#, "\0\u{7}\u{8}\t\n\u{B}\u{C}\r\u{1B}"),
        (#""\ \"\/\\""#, " \"/\\"), (#""\N\_\L\P""#, "\u{85}\u{A0}\u{2028}\u{2029}"),
        (#""\x41\xe9\xE9""#, "Aéé"), (#""\u0041\u20aC\uFEFF""#, "A€\u{FEFF}"),
        (#""\U0001F600\U0010ffff""#, "😀\u{10FFFF}"), ("\"\\\ta\"", "\ta"), (#""\x410""#, "A0"),
    ])
    func `double quotes know every escape`(text: String, expected: String) throws {
        #expect(try YAML.parse(text).text == expected)
    }

    @Test(arguments: [
        ("\"a\n b\"", "a b"), ("\"a  \n  b\"", "a b"), ("\"a\n\n\n b\"", "a\n\nb"),
        ("\"a\\\n b\"", "ab"), ("\"a \\\n b\"", "a b"), ("\"a\\\n \\ b\"", "a b"),
        ("\"a \\\n\n b\"", "a \nb"), ("\"a\\t\n b\"", "a\t b"), ("\"a\n\"", "a "),
        ("\"a\\ \n b\"", "a  b"), ("\"a\\\\ \n b\"", "a\\ b"), ("\"a\\\n\"", "a"),
        ("\"a\n#b\n- c: d\"", "a #b - c: d"),
    ])
    func `lines in double quotes are folded`(text: String, expected: String) throws {
    }

    @Test(arguments: [
        ("''", ""), ("''''", "'"), ("'a''b'", "a'b"), (#"'\n"'"#, #"\n""#), ("' a '", " a "),
        ("'a\n b'", "a b"), ("'a \n\n  b'", "a\nb"), ("'a\\\n b'", "a\\ b"), ("'\n'", " "),
    ])
    func `single quotes know only the doubled quote`(text: String, expected: String) throws {
        #expect(try YAML.parse(text).text == expected)
    }

    @Test(arguments: [
        ("\"a", "1:1", "never closed"), ("k: 'a\n  b", "1:4", "never closed"),
        ("\"a\\\"", "1:1", "never closed"), ("'a''", "1:1", "never closed"),
        (#""\d""#, "1:2", "no such escape"), (#""ab\'c""#, "1:4", "no such escape"),
        (#""\x4""#, "1:2", "needs 2 hexadecimal digits"), (#""\u00g0""#, "1:2", "needs 4"),
        (#""\U0000004""#, "1:2", "needs 8"), (#""\ud83d\ude00""#, "1:2", "stands for no character"),
        (#""\U00110000""#, "1:2", "stands for no character"), ("\"\\", "1:2", "no such escape"),
        ("k: \"a\nb\"", "2:1", "at least 1 space"), ("- - 'a\n  b'", "2:3", "at least 3 spaces"),
        ("\"a\n--- b\"", "2:1", "document marker"), ("'a\n...\n'", "2:1", "document marker"),
        ("k: \"a\n\"", "2:1", "at least 1 space"),
    ])
    func `a malformed quoted scalar is refused with advice`(
        text: String, position: String, message: String
    ) {
        let error = refusal(of: text)
        #expect(error?.position.description == position)
        #expect(error?.message.contains(message) == true, "\(error?.message ?? "accepted")")
    }
}
