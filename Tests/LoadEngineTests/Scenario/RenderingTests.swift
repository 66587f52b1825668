import HTTP
import JSON
import TestSupport
import Testing

@testable import LoadEngine

struct RenderingTests {
    private func plan(_ request: String, more: String = "") throws -> LoadPlan {
        try Document.request(request, more: more).plan(baseURL: "http://shop.example/base/")
    }

    @Test func `a request without templates is bytes, made once`() throws {
        let plan = try plan(#"{"path": "/a b?q=ä&r=[1]#top", "headers": {"X-A": "1"}}"#)
        guard case .fixed(let bytes) = plan.program.requests[0].content else {
            Issue.record("no fixed request")
            return
        }
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                GET /base/a%20b?q=%C3%A4&r=[1] HTTP/1.1\r
                Host: shop.example\r
                User-Agent: swarmkeeper\r
                Accept: */*\r
                X-A: 1\r
                \r\n
                """)
        #expect(plan.program.script == nil)
        #expect(plan.program.requests[0].isIdempotent)
    }

    @Test func `a body gets its length, and a POST without one too`() throws {
        let post = try Message(plan(#"{"method": "post", "path": "/"}"#))
        #expect(post.head.method == "POST" && post.head.framing == .length(0))
        let get = try Message(plan(#"{"path": "/"}"#))
        #expect(get.head.framing == .empty)
        let json = try Message(plan(#"{"method": "PUT", "path": "/", "json": {"b": [1, "x"]}}"#))
        #expect(json.head.headers["Content-Type"] == "application/json")
        #expect(json.body == Array(#"{"b":[1,"x"]}"#.utf8))
        let raw = try Message(plan(#"{"method": "PUT", "path": "/", "bodyBase64": "AAH/"}"#))
        #expect(raw.body == [0, 1, 255])
        let own = #"{"path": "/", "body": "abc", "headers": {"content-length": 3}}"#
        #expect(try Message(plan(own)).head.headers.values("Content-Length") == ["3"])
    }

    @Test func `given headers take the place of our own`() throws {
        let message = try Message(
            plan(
                #"""
                {"path": "/", "headers": {"host": "other:81", "accept": "a/b", "user-agent": "me",
                 "X-Both": ["1", "2"]}}
                """#, more: #""headers": {"X-All": "1", "x-both": "0"}"#))
        #expect(message.head.headers.values("Host") == ["other:81"])
        #expect(message.head.headers.values("Accept") == ["a/b"])
        #expect(message.head.headers.values("User-Agent") == ["me"])
        #expect(message.head.headers.values("X-Both") == ["1", "2"])
        #expect(message.head.headers["X-All"] == "1")
    }

    @Test func `connections that are closed say so, once`() throws {
        let request = #"{"path": "/", "headers": {"Connection": "keep-alive"}}"#
        var settings = LoadSettings()
        settings.keepsAlive = false
        let closing = try Document.request(request).plan(
            over: settings, baseURL: "http://[::1]:8080")
        let message = try Message(closing)
        #expect(message.head.headers.values("Connection") == ["close"])
        #expect(message.head.headers["Host"] == "[::1]:8080")
        #expect(!closing.connections.keepsAlive)
    }

    @Test func `templates become values`() throws {
        let plan = try plan(
            #"""
            {"method": "POST", "path": "/{{data.name}}?u={{uuid}}&t={{timestamp}}",
             "headers": {"X-N": "<{{randomInt -5 5}}>"},
             "body": "{{{{{{data.list.name}}}} {{ uuid }}"}
            """#,
            more:
                #""data": {"list": {"pick": "sequential", "rows": [{"name": "ä"}, {"name": "b"}]}}"#
        )
        let message = try Message(plan, iteration: 2)
        let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
        #expect(
            try message.target.wholeMatch(of: Regex("/base/%C3%A4\\?u=\(uuid)&t=1[0-9]{12}")) != nil
        )
        let number = try #require(message.head.headers["X-N"])
        #expect(try number.wholeMatch(of: Regex("<-?[0-5]>")) != nil)
        let body = String(decoding: message.body, as: UTF8.self)
        #expect(try body.wholeMatch(of: Regex("\\{\\{ä\\}\\} \(uuid)")) != nil)
    }

    @Test func `a path that is a value gets its slash, and only one`() throws {
        let scenario = try Document.scenario(
            #"""
            {"steps": [{"path": "/", "extract": {"variable": "next", "header": "Location"}},
                       {"path": "{{next}}"}]}
            """#)
        for (value, target) in [
            ("/a/b?c=d", "/base/a/b?c=d"), ("a", "/base/a"), ("", "/base/"), ("?q", "/base/?q"),
            ("50%25 %x", "/base/50%25%20%25x"),
        ] {
            let plan = try scenario.plan(baseURL: "http://shop.example/base")
            var random = RandomSource(seed: 1)
            let message = try Message(plan, 1, variables: [Array(value.utf8)], random: &random)
            #expect(message.target == target)
        }
    }

    @Test func `no value breaks out of its place`() throws {
        var random = SeededGenerator(seed: 23)
        let scenario = try Document.scenario(
            #"""
            {"requests": [
              {"path": "/p/x{{v}}/y?q={{v}}&r", "headers": {"X-V": "a{{v}}b", "X-W": "{{v}}"},
               "method": "POST", "body": "{{v}}-{{v}}",
               "extract": {"variable": "v", "header": "V"}}]}
            """#)
        let plan = try scenario.plan(baseURL: "http://shop.example")
        var source = RandomSource(seed: 1)
        for _ in 0..<3000 {
            let value = Self.hostileValue(using: &random)
            let bytes = try Message.bytes(plan, 0, variables: [value], random: &source)
            let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
            let ends = lines.prefix(8).map(\.last)
            #expect(ends == [UInt8?](repeating: 13, count: 8))
            #expect(lines[0].split(separator: 0x20).count == 3)
            #expect(lines[7] == [13])
            let body = Array(lines[8...].joined(separator: [10]))
            #expect(body.elementsEqual(value + [UInt8(ascii: "-")] + value))
            let length = Array("Content-Length: \(body.count)\r".utf8)
            #expect(Array(lines[6]) == length)
            do {
                _ = try Message(bytes)
            } catch let error as MessageError {
                // Bytes that no framing depends on, and that are the operator's wish.
                #expect(
                    error == .invalidPercentEncoding || error == .dotSegment
                        || error == .invalidFieldValue,
                    "\(error) for \(value)")
            }
        }
    }

    @Test func `a json body is JSON whatever its values are`() throws {
        var random = SeededGenerator(seed: 29)
        let scenario = try Document.scenario(
            #"""
            {"requests": [
              {"path": "/", "method": "POST",
               "json": {"a": "<{{v}}>", "{{v}}k": [{"b": {"c": "{{v}}{{uuid}}{{{{"}}]},
               "extract": {"variable": "v", "header": "V"}}]}
            """#)
        let plan = try scenario.plan(baseURL: "http://shop.example")
        var source = RandomSource(seed: 1)
        for _ in 0..<3000 {
            let value = Self.hostileValue(using: &random)
            let message = try Message(plan, variables: [value], random: &source)
            let json = try JSONReader.document(message.body)
            #expect(json["a"] == .string("<\(String(decoding: value, as: UTF8.self))>"))
            #expect(json.members?.count == 2)
        }
    }

    @Test func `cells of data are escaped in json and as they are in body`() throws {
        let data = #""data": {"l": {"rows": [{"n": "a\"b\\\n\u0001ä"}]}}"#
        func body(_ key: String) throws -> String {
            let request = #"{"path": "/", "method": "POST", "\#(key)": "{{data.n}}"}"#
            return String(decoding: try Message(plan(request, more: data)).body, as: UTF8.self)
        }
        #expect(try body("json") == #""a\"b\\\u000a\u0001ä""#)
        #expect(try body("body") == "a\"b\\\n\u{1}ä")
    }

    private static func hostileValue(using random: inout SeededGenerator) -> [UInt8] {
        let pieces: [[UInt8]] = [
            Array("\r\n\r\nGET / HTTP/1.1\r\n".utf8), [13], [10], [0], [9], [32], [127], [255],
            Array(" HTTP/1.1".utf8), Array("#?&/..".utf8), Array("%0d%0a".utf8), [0x25],
            Array("ä😀".utf8), Array("abc".utf8), Array("{{uuid}}".utf8), Array("\"<>\\^`|".utf8),
        ]
        return (0..<Int.random(in: 0...5, using: &random)).flatMap { _ in random.pick(pieces) }
    }

    @Test func `lengths of bodies are right at every number of digits`() throws {
        let scenario = try Document.request(
            #"""
            {"path": "/", "method": "POST", "body": "{{v}}",
             "extract": {"variable": "v", "header": "V"}}
            """#)
        let plan = try scenario.plan(baseURL: "http://shop.example")
        var random = RandomSource(seed: 1)
        for count in [0, 1, 9, 10, 99, 100, 999, 1000, 12_345] {
            let value = [UInt8](repeating: 65, count: count)
            let message = try Message(plan, variables: [value], random: &random)
            #expect(message.body == value)
            #expect(message.head.headers["Content-Length"] == "\(count)")
        }
    }

    @Test func `the same seed makes the same requests`() throws {
        let plan = try plan(
            #"{"path": "/{{data.n}}/{{uuid}}/{{randomInt 0 1000000}}"}"#,
            more: #""data": {"l": {"pick": "random", "csv": "n\n1\n2\n3\n4\n5\n"}}"#)
        func targets(seed: UInt64) throws -> [String] {
            var random = RandomSource(seed: seed)
            return try (0..<50).map { try Message(plan, iteration: $0, random: &random).target }
        }
        #expect(try targets(seed: 1) == targets(seed: 1))
        #expect(try targets(seed: 1) != targets(seed: 2))
        #expect(try Set(targets(seed: 1)).count == 50)
    }
}
