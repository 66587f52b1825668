import Testing

@testable import LoadEngine

struct RedirectTargetTests {
    private static let origin = Origin(isSecure: false, host: "a.example", port: 8080)

    @Test(arguments: [
        ("/x?y=1#part", "http://a.example:8080", "/x?y=1"),
        ("x", "http://a.example:8080", "/dir/x"),
        ("?q", "http://a.example:8080", "/dir/page?q"),
        ("https://b.example", "https://b.example", "/"),
        ("HTTP://b.example:81?q", "http://b.example:81", "/?q"),
        ("//b.example/z", "http://b.example", "/z"),
        ("https://[::1]:8443/z", "https://[::1]:8443", "/z"),
    ])
    func `a location is resolved against its request`(
        location: String, origin: String, target: String
    ) throws {
        let found = try #require(
            RedirectTarget(
                location: Array(location.utf8), from: Self.origin,
                target: Array("/dir/page?old".utf8)))
        #expect(found.origin.description == origin)
        #expect(String(decoding: found.target, as: UTF8.self) == target)
    }

    @Test(arguments: [
        "", "ftp://a/", "http://", "http://u@h/", "/a b", "/a\r\nX: y", "http://h:0/",
    ])
    func `what leads nowhere is no target`(location: String) {
        let found = RedirectTarget(
            location: Array(location.utf8), from: Self.origin, target: Array("/".utf8))
        #expect(found == nil)
    }

    @Test func `after a POST a 302 asks with GET, and credentials stay with their host`() throws {
        let original = Array(
            ("POST /a HTTP/1.1\r\nHost: a.example:8080\r\nAuthorization: secret\r\nX-A: b\r\n"
                + "Content-Length: 2\r\n\r\nhi").utf8)
        let next = RedirectTarget(
            origin: Origin(isSecure: true, host: "b.example", port: 443), target: Array("/c".utf8))
        let message = RedirectedRequest.message(
            after: original, status: 302, to: next, from: Self.origin)
        #expect(
            String(decoding: message, as: UTF8.self)
                == "GET /c HTTP/1.1\r\nHost: b.example\r\nX-A: b\r\n\r\n")
        let same = RedirectTarget(origin: Self.origin, target: Array("/c".utf8))
        let repeated = RedirectedRequest.message(
            after: original, status: 307, to: same, from: Self.origin)
        #expect(
            String(decoding: repeated, as: UTF8.self)
                == "POST /c HTTP/1.1\r\nHost: a.example:8080\r\nAuthorization: secret\r\nX-A: b\r\n"
                + "Content-Length: 2\r\n\r\nhi")
    }
}
