import HTTP
import Testing

@testable import HTTPServer

struct RouterTests {
    private let router = Router(
        ["/", "/a", "/a/{x}", "/a/{x}/c", "/a/b", "/a/b/d", "/{y}/{z}/e"].map { pattern in
            Route("GET", pattern) { _ in Response(status: 200) }
        })

    @Test(arguments: [
        ("/", "/", [:]),
        ("/a", "/a", [:]),
        ("/a/b", "/a/b", [:]),
        ("/a/q", "/a/{x}", ["x": "q"]),
        ("/a/b/c", "/a/{x}/c", ["x": "b"]),
        ("/a/b/d", "/a/b/d", [:]),
        ("/a/b/e", "/{y}/{z}/e", ["y": "a", "z": "b"]),
        ("/a/%7Bx%7D", "/a/{x}", ["x": "{x}"]),
        ("/%61", "/a", [:]),
    ])
    func `text is preferred to a parameter, also after a wrong turn`(
        target: String, pattern: String, parameters: [String: String]
    ) throws {
        guard case .route(let route, let found) = router.match(try head(target)) else {
            Issue.record("no route for \(target)")
            return
        }
        #expect(route.pattern == pattern)
        #expect(found == parameters)
    }

    @Test(arguments: ["/b", "/a/", "//", "/a/b/d/e", "/a%2Fb", "/A"])
    func `what matches no pattern is not found`(target: String) throws {
        guard case .notFound = router.match(try head(target)) else {
            Issue.record("found \(target)")
            return
        }
    }

    private func head(_ target: String) throws -> RequestHead {
        var parser = RequestHeadParser(
            limits: .init(headBytesMax: 1_000, targetBytesMax: 500, fieldCountMax: 5))
        let bytes = Array("GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        return try #require(try parser.parse(bytes.span))
    }
}
