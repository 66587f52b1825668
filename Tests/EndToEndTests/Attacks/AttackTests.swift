import Foundation
import JSON
import TestSupport
import Testing

/// Hostile bytes at the program itself, over real sockets. What needs short limits (slow heads,
/// bodies and readers) is tested at the server alone, in `TimeoutTests` and `ReserveTests`.
@Suite(.serialized) struct AttackTests {}

extension AttackTests {
    /// A request that would be carried out, if anybody could make the service read it where it
    /// should not.
    private static let smuggled = String(
        decoding: RawClient.request(
            "POST", "/v1/load-tests",
            body: Array(
                #"{"name":"smuggled","tenantId":"red","envId":"dev","targetUrl":"http://a"}"#
                    .utf8)),
        as: UTF8.self)

    /// Fields that mean two things, the bytes that follow the head, and the answer.
    private static let twoMeanings: [(fields: String, body: String, status: Int)] = [
        ("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nG", 400),  // CL.TE
        ("Transfer-Encoding: chunked\r\nContent-Length: 3", "8\r\nSMUGGLED\r\n0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: x", "0\r\n\r\n", 400),  // TE.TE
        ("Transfer-Encoding: x\r\nTransfer-Encoding: chunked", "0\r\n\r\n", 501),
        ("Transfer-Encoding: x, chunked", "0\r\n\r\n", 501),
        ("Transfer-Encoding: chunked, chunked", "0\r\n\r\n", 400),
        ("Transfer-Encoding: chunke\u{64}\u{0}", "0\r\n\r\n", 400),
        ("Transfer-Encoding: \"chunked\"", "0\r\n\r\n", 501),
        ("Transfer_Encoding: chunked\r\nContent-Length : 0", "", 400),
        ("transfer-encoding:\tchunked\u{b}", "0\r\n\r\n", 400),
        ("X: y\r\n Transfer-Encoding: chunked", "0\r\n\r\n", 400),  // obs-fold
        ("Content-Length:\r\n 0", "", 400),
        ("Content-Length: 0\r\nContent-Length: 0", "", 400),
        ("Content-Length: 0\r\nContent-Length: 50", "", 400),
        ("Content-Length: 0, 0", "", 400),
        ("Content-Length: 1e1", "", 400),
        ("Content-Length: 0;x", "", 400),
        ("Content-Length: 0\nX: y", "", 400),  // bare LF
        ("Content-Length: 0\rX: y", "", 400),  // bare CR
        ("X: y\n\n", "", 400),
        ("Host: b\r\nContent-Length: 0", "", 400),
        ("Transfer-Encoding: chunked", "0;a=\n\r\n\r\n", 400),  // chunk extensions
        ("Transfer-Encoding: chunked", "0;\u{1}\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "0\n\n", 400),
        ("Transfer-Encoding: chunked", "0x0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "+0\r\n\r\n", 400),
        ("Transfer-Encoding: chunked", "ffffffffffffffff1\r\n", 400),
        ("Transfer-Encoding: chunked", "0\r\nContent-Length: 5\n\r\n", 400),
        ("Transfer-Encoding: chunked", "2\r\n{}X0\r\n\r\n", 400),  // trailing data in a chunk
    ]

    @Test func `what two readers could read differently is read by nobody`() async throws {
        try await withService { service in
            for (fields, body, status) in Self.twoMeanings {
                let head =
                    "POST /v1/load-tests HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                let text = "\(head)\(fields)\r\n\r\n\(body)\(Self.smuggled)"
                let answers = try await RawClient.exchange(text, with: service)
                #expect(answers.map(\.status) == [status], "\(fields) \(body)")
                #expect(answers.allSatisfy { $0.fields["connection"] == "close" })
                #expect(answers.allSatisfy { RawClient.faults(in: $0).isEmpty })
            }
            // A request line may be no place for a second one, either.
            for start in ["GET /health", "GET /health HTTP/1.1 HTTP/1.1", "GET\t/health HTTP/1.1"] {
                let answers = try await RawClient.exchange(
                    "\(start)\r\nHost: a\r\n\r\n\(Self.smuggled)", with: service)
                #expect(answers.map(\.status) == [400], "\(start)")
            }
            let list = try await service.client().get("/v1/load-tests")
            #expect(list["items"]?.items?.isEmpty == true)

            // Where the lengths are right it is no smuggling, and works.
            let plain = "GET /health HTTP/1.1\r\nHost: a\r\n\r\n\(Self.smuggled)"
            #expect(
                try await RawClient.exchange(plain, with: service).map(\.status) == [200, 201])
        }
    }

    @Test(arguments: [
        ("GET http://evil.example/health HTTP/1.1\r\nHost: a\r\n", 200),
        ("GET http://evil.example:1/v1/runs HTTP/1.1\r\nHost: a\r\n", 401),
        ("GET http://user@evil.example/health HTTP/1.1\r\nHost: a\r\n", 400),
        ("GET ftp://evil.example/health HTTP/1.1\r\nHost: a\r\n", 400),
        ("GET evil.example:80 HTTP/1.1\r\nHost: a\r\n", 400),
        ("CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n", 501),
        ("GET /health HTTP/1.1\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\nHost: a\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a b\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a/b\r\n", 400),
        ("GET /health HTTP/1.1\r\nHost: a\r\nX-Forwarded-Host: evil.example\r\n", 200),
        ("GET /health HTTP/9.9\r\nHost: a\r\n", 505),
        ("PRI * HTTP/2.0\r\n", 505),
    ])
    func `no host in a request leads anywhere, nor comes back`(head: String, status: Int)
        async throws
    {
        try await withService { service in
            let answers = try await RawClient.exchange(head + "\r\n", with: service)
            #expect(answers.map(\.status) == [status])
            for answer in answers {
                #expect(!"\(answer.fields) \(answer.json)".contains("evil"))
            }
        }
    }

    /// Bytes of a body, and the answer to a definition of a load test that has it.
    private static var bodyBombs: [(name: String, bytes: [UInt8], status: Int)] {
        func text(_ text: String) -> [UInt8] { Array(text.utf8) }
        func name(_ value: String) -> [UInt8] {
            text(#"{"tenantId":"red","envId":"dev","targetUrl":"http://a","name":\#(value)}"#)
        }
        let wide = (0..<60_000).map { "\"k\($0)\":1" }.joined(separator: ",")
        let digits = String(repeating: "9", count: 900_000)
        return [
            ("deep arrays", text(String(repeating: "[", count: 1_000_000)), 400),
            ("deep objects", text(String(repeating: #"{"a":"#, count: 200_000)), 400),
            ("deep metadata", name("\"n\",\"metadata\":" + nested(400)), 400),
            (
                "metadata that is deeper than is kept", name("\"n\",\"metadata\":" + nested(40)),
                422
            ),
            ("wide", text("{\(wide)}"), 422),
            ("wide array", name("[" + String(repeating: "0,", count: 500_000) + "0]"), 422),
            ("many digits", name(digits), 400),
            ("many decimals", name("0.\(digits)"), 422),
            ("huge exponent", name("\"n\",\"defaultUsers\":1e999999999"), 400),
            ("tiny exponent", name("\"n\",\"defaultSpawnRate\":1e-999999999"), 422),
            ("duplicate keys", name("\"n\",\"name\":\"m\""), 400),
            ("duplicate keys, escaped", name("\"n\",\"n\\u0061me\":\"m\""), 400),
            ("no UTF-8", text(#"{"name":""#) + [0xFF] + text(#""}"#), 400),
            ("overlong UTF-8", text(#"{"name":""#) + [0xC0, 0xAF] + text(#""}"#), 400),
            ("a surrogate's bytes", text(#"{"name":""#) + [0xED, 0xA0, 0x80] + text(#""}"#), 400),
            ("a lone surrogate", name(#""\ud800""#), 400),
            ("surrogates the wrong way round", name(#""\udc00\ud800""#), 400),
            ("a byte order mark", [0xEF, 0xBB, 0xBF] + name("\"n\""), 400),
            ("two values", name("\"n\"") + text("{}"), 400),
            ("a long text", name("\"" + String(repeating: "a", count: 1_000_000) + "\""), 422),
            ("a raw line feed", name("\"a\nb\""), 400),
            ("too long", [UInt8](repeating: 0x20, count: 1_048_577), 413),
        ]
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
    }

    @Test func `bombs are refused for what they are, with short answers`() async throws {
        try await withService { service in
            for (name, bytes, status) in Self.bodyBombs {
                let request = RawClient.request("POST", "/v1/load-tests", body: bytes)
                let answers = try await RawClient.exchange(request, with: service)
                #expect(answers.map(\.status) == [status], "\(name)")
                #expect(answers.allSatisfy { RawClient.faults(in: $0).isEmpty }, "\(name)")
                // A caller gets no more out than a hundred mistakes.
                #expect(answers.allSatisfy { $0.body.count < 65_536 }, "\(name)")
            }
            let long = String(repeating: "x", count: 20_000)
            let many = (0..<101).map { "X-\($0): y\r\n" }.joined()
            for (fields, status) in [(many, 431), ("X: \(long)\r\n", 431), ("\(long): y\r\n", 431)]
            {
                let request = RawClient.request("GET", "/health", fields)
                let answers = try await RawClient.exchange(request, with: service)
                #expect(answers.map(\.status) == [status])
            }
            for (target, status) in [("/" + long.prefix(9_000), 414), ("/?q=" + long, 414)] {
                let request = RawClient.request("GET", String(target))
                #expect(try await RawClient.exchange(request, with: service)[0].status == status)
            }
            for (method, status) in [(long, 414), (String(long.prefix(100)), 501)] {
                let answers = try await RawClient.exchange(
                    "\(method) / HTTP/1.1\r\nHost: a\r\n\r\n", with: service)
                #expect(answers.map(\.status) == [status])
            }
            // A length that is only claimed takes no room.
            let claimed = RawClient.request(
                "POST", "/v1/load-tests", "Content-Length: 999999999999\r\n")
            #expect(try await RawClient.exchange(claimed, with: service)[0].status == 413)
            #expect(try await service.client().get("/health").status == 200)
            let list = try await service.client().get("/v1/load-tests")
            #expect(list["items"]?.items?.isEmpty == true)
        }
    }

    @Test func `tricks with paths find nothing`() async throws {
        let targets = [
            "/v1/../v1/runs", "/v1/%2e%2e/v1/runs", "/%2E%2E/%2E%2E/etc/passwd", "/v1/./runs",
            "/v1/%2e/runs", "/v1/..;/runs", "/v1/runs/..", "/..", "/.", "//v1/runs", "/v1//runs",
            "///", "/v1/runs/", "/v1/runs;x=1", "/v1;/runs", "/v1/runs%00", "/v1/runs/%00",
            "/v1/runs%00.json", "/v1/runs?limit=%00", "/v1%2fruns", "/v1%2Fruns", "/v1/runs%2f",
            "/v1/runs/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "/v1/runs/..%5c..%5cetc", "/v1/runs\\x",
            "/v1/%c0%ae%c0%ae/runs", "/%c0%afv1%c0%afruns", "/v1/runs/%e0%80%af",
            "/v1/runs/%ed%a0%80", "/v1/runs/%ff", "/v1/runs/%", "/v1/runs/%2", "/v1/runs/%zz",
            "/v1/runs/%25%32%65", "/V1/RUNS", "/v1/runs%20", "/v1/runs%0a", "/v1/runs#x",
            "/v1/runs/<script>", "/v1/runs/%3Cscript%3Ealert(1)%3C/script%3E",
            "/v1/r\u{75}n\u{73}é",
            "/%76%31/unknown", "/openapi.json/../../x", "/health/x", "/v1/runs/$%7Bjndi:ldap%7D",
        ]
        try await withService { service in
            for target in targets {
                let request = RawClient.request("GET", target)
                let answers = try await RawClient.exchange(request, with: service)
                #expect(answers.count == 1, "\(target)")
                for answer in answers {
                    #expect([400, 404].contains(answer.status), "\(target)")
                    #expect(RawClient.faults(in: answer).isEmpty, "\(target)")
                    let body = String(decoding: answer.body, as: UTF8.self)
                    #expect(!body.contains("<") && !body.contains("root:"), "\(target)")
                }
            }
        }
    }
}
