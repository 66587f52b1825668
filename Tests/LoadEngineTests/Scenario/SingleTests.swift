import Testing

@testable import LoadEngine

struct SingleTests {
    @Test func `one request is a scenario`() throws {
        let scenario = try Scenario.single(
            method: "put", url: "https://shop.example/{{uuid}}", headers: [("X-A", "1")],
            body: Array("{{timestamp}}".utf8))
        let message = try Message(scenario.plan())
        #expect(message.head.method == "PUT" && message.body.count == 13)
        #expect(message.head.headers["X-A"] == "1")
        #expect(try Message(Scenario.single(url: "/x").plan(baseURL: "http://a")).target == "/x")
    }

    @Test func `what is wrong with it is told by part`() {
        let error = #expect(throws: ScenarioError.self) {
            try Scenario.single(
                method: "G T", url: "shop", headers: [("A", "1"), ("B:", "2"), ("C", "\r\n")],
                body: Array("{{x}}".utf8))
        }
        #expect(
            error?.problems.map(\.pointer)
                == ["/method", "/url", "/body", "/headers/1", "/headers/2"])
    }

    @Test(arguments: [
        ("http://Shop.Example", "http://shop.example", "/"),
        ("HTTPS://shop.example:443/a", "https://shop.example", "/a"),
        ("http://shop.example:443/a?b#c?d", "http://shop.example:443", "/a?b"),
        ("https://[2001:db8::1]:8443?x", "https://[2001:db8::1]:8443", "/?x"),
        ("http://127.0.0.1:80#x", "http://127.0.0.1", "/"),
        ("http://a/ä %41%zz\"<>", "http://a", "/%C3%A4%20%41%25zz%22%3C%3E"),
    ])
    func `URLs are taken apart`(url: String, origin: String, target: String) throws {
        let plan = try Scenario.single(url: url).plan()
        #expect(plan.program.origins.map(\.description) == [origin])
        guard case .fixed(let bytes) = plan.program.requests[0].content else {
            Issue.record("no fixed request")
            return
        }
        let line = "GET \(target) HTTP/1.1\r\n"
        #expect(bytes.starts(with: line.utf8), "\(String(decoding: bytes, as: UTF8.self))")
    }

    @Test(arguments: [
        "", "shop", "ftp://a/", "http:/a", "http://", "http://:80/", "http://a:0/",
        "http://a:65536/", "http://a:+1/", "http://a:8x/", "http://[::1/", "http://[a]/",
        "http://[::1]x/", "http://user:pass@a/", "http://a b/", "http://ä.example/", "http://a\n/",
        "http://{{uuid}}/", "http://a\\b/",
    ])
    func `what is no URL is refused`(url: String) {
        #expect(throws: ScenarioError.self) { try Scenario.single(url: url) }
    }

    @Test func `quoted values of CSV are read as written`() throws {
        let text = "\u{FEFF}a,b\r\n\"x, \"\"y\"\"\nz\",\n,\"\"\n"
        let table = try CSV.parse(text, rowsMax: 10)
        #expect(table.columns == ["a", "b"])
        #expect(table.rows == [["x, \"y\"\nz", ""], ["", ""]])
        #expect(throws: CSV.Mistake(line: 2, message: "expected a closing quote")) {
            try CSV.parse("a\n\"b", rowsMax: 10)
        }
        #expect(throws: CSV.Mistake.self) { try CSV.parse("a\nb\nc", rowsMax: 1) }
        #expect(throws: CSV.Mistake.self) { try CSV.parse("a\n\"b\"c\n", rowsMax: 10) }
    }
}
