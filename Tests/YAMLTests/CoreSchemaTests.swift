import Testing
import YAML

struct CoreSchemaTests {
    private static let table = [
        ("", "null"), ("~", "null"), ("null", "null"), ("Null", "null"), ("NULL", "null"),
        ("true", "true"), ("True", "true"), ("TRUE", "true"),
        ("false", "false"), ("False", "false"), ("FALSE", "false"),
        ("0", "0"), ("-0", "0"), ("+7", "7"), ("-19", "-19"), ("012", "12"), ("00", "0"),
        ("0o14", "12"), ("0o0", "0"), ("0xC", "12"), ("0xfF", "255"),
        ("9223372036854775807", "9223372036854775807"),
        ("-9223372036854775808", "-9223372036854775808"),
        ("0x7fffffffffffffff", "9223372036854775807"),
        ("0000000000000000000000000000001", "1"),
        ("0.", "float(0.0)"), ("-0.0", "float(-0.0)"), (".5", "float(0.5)"),
        ("+12e03", "float(12000.0)"),
        ("-2E+05", "float(-200000.0)"), ("1.10", "float(1.1)"), ("1e-3", "float(0.001)"),
        ("5.e1", "float(50.0)"), ("012.5", "float(12.5)"), ("-.5", "float(-0.5)"),
        (".inf", "float(inf)"), ("-.Inf", "float(-inf)"), ("+.INF", "float(inf)"),
        (".nan", "float(nan)"), (".NaN", "float(nan)"), (".NAN", "float(nan)"),
        ("1e-999", "float(0.0)"),
    ]

    @Test(arguments: table)
    func `plain scalars have the core schema's types`(text: String, expected: String) throws {
        #expect(render(YAML.resolvePlain(text)) == expected)
        #expect(try read("- \(text)\n") == "[\(expected)]")
        #expect(try YAML.parse("- \(text)\n").sequence.first?.text == text)
    }

    @Test(arguments: [
        "yes", "no", "on", "off", "y", "n", "nUll", "tRUE", "truE", "1_000", "0b1", "-0x1", "+0o7",
        "0x",
        "0o", "0o8", "0xg", "0O1", "0X1", ".", "+", "-.", "+.", "e1", "1e", "1e+", ".e1", "1.2.3",
        "1 2",
        "12:30:45", "2001-12-14", ".infinity", "inf", "nan", "NaN", "-.nan", "+.nan", ".iNF", "--1",
        "+-1",
        "1-", "٣", "1,5", "0x1.8p1", "1f", "infinity", "null ~", "<<", "=",
    ])
    func `everything else is a string`(text: String) throws {
        #expect(render(YAML.resolvePlain(text)) == quote(text))
        if text != "-." { #expect(try read("a: " + text) == "{\"a\": \(quote(text))}") }
    }

    @Test(arguments: ["1", "true", "null", "~", "", ".inf", "0x1"])
    func `quotes make a string of anything`(text: String) throws {
        let node = try YAML.parse("\"\(text)\"")
        #expect(render(node) == quote(text))
        #expect(node.isQuoted)
        #expect(try render(YAML.parse("'\(text)'")) == quote(text))
        #expect(try YAML.parse("- |-\n  \(text)\n").sequence.first?.isQuoted == true)
    }

    @Test(arguments: [
        "9223372036854775808", "-9223372036854775809", "0xFFFFFFFFFFFFFFFF", "0x8000000000000000",
        "0o1000000000000000000000", "123456789012345678901234567890", "1e999", "-1e999",
    ])
    func `a number too large to be held is refused, and left alone as a string`(text: String) {
        #expect(refusal(of: "a: \(text)")?.position == Position(line: 1, column: 4))
        #expect(refusal(of: "\(text): a")?.position == Position(line: 1, column: 1))
        #expect(render(YAML.resolvePlain(text)) == quote(text))
    }

    @Test func `a scalar keeps the text it was resolved from`() throws {
        let items = try YAML.parse("[1.10, 0123, 0x1F, True, ~, '1.10', ]").sequence
        #expect(items.map(\.text) == ["1.10", "0123", "0x1F", "True", "~", "1.10"])
        #expect(items.map(\.isQuoted) == [false, false, false, false, false, true])
        #expect(try YAML.parse("[]").text == nil)
    }
}
