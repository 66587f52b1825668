import Testing

@testable import HTTP

struct RequestTargetTests {
    @Test(arguments: [
        ("/", []),
        ("/v1/runs", ["v1", "runs"]),
        ("/v1//runs/", ["v1", "", "runs", ""]),
        ("/a%2Fb/c", ["a/b", "c"]),
        ("/%C3%A9+%20", ["é+ "]),
        ("http://host:80/a/b", ["a", "b"]),
        ("HTTPS://host", []),
        ("http://host?x=1", []),
        ("*", []),
        ("/a:b@c;d=e,f!$&'()*", ["a:b@c;d=e,f!$&'()*"]),
        ("/...", ["..."]),
    ])
    func `paths are split first and decoded after`(target: String, expected: [String]) throws {
        #expect(try parse(target).path == expected)
    }

    @Test(arguments: [
        ("/%", MessageError.invalidPercentEncoding),
        ("/%4", .invalidPercentEncoding),
        ("/%4/1", .invalidPercentEncoding),
        ("/%zz", .invalidPercentEncoding),
        ("/%+1", .invalidPercentEncoding),
        ("/%00", .invalidPercentEncoding),
        ("/%ff", .invalidPercentEncoding),
        ("/%C3/%A9", .invalidPercentEncoding),
        ("/?a=%00", .invalidPercentEncoding),
        ("/?%=1", .invalidPercentEncoding),
        ("/.", .dotSegment),
        ("/a/../b", .dotSegment),
        ("/a/%2e%2E", .dotSegment),
        ("", .invalidTarget),
        ("a", .invalidTarget),
        ("?a", .invalidTarget),
        ("/a b", .invalidTarget),
        ("/a#b", .invalidTarget),
        ("/a\"b", .invalidTarget),
        ("/a\\b", .invalidTarget),
        ("/é", .invalidTarget),
        ("/?a=é", .invalidTarget),
        ("ftp://host/a", .invalidTarget),
        ("http:/a", .invalidTarget),
        ("http:///a", .invalidTarget),
        ("http://u@host/a", .invalidTarget),
        ("**", .invalidTarget),
    ])
    func `a target that is not plainly one is refused`(target: String, expected: MessageError) {
        #expect(throws: expected) { try parse(target) }
    }

    @Test func `query parameters keep their order, and names without values are empty`() throws {
        let query = try parse("/?b=1&a=x+y%20z&&flag&=v&b=2%3D=&filter[x]=/?").query
        #expect(query.map(\.name) == ["b", "a", "flag", "", "b", "filter[x]"])
        #expect(query.map(\.value) == ["1", "x y z", "", "v", "2==", "/?"])
    }

    @Test func `the raw path is what was sent, without host and query`() throws {
        #expect(try parse("/a%20b?c").rawPath == "/a%20b")
        #expect(try parse("http://host?c").rawPath == "/")
        #expect(try parse("http://host/a").raw == "http://host/a")
    }

    @discardableResult
    private func parse(_ target: String) throws -> RequestTarget {
        let bytes = Array(target.utf8)
        return try RequestTarget(parsing: bytes.span)
    }
}
