import HTTP
import Testing

@testable import API

struct AnswerPolicyTests {
    private func answer(
        _ method: String = "GET", _ headers: HeaderFields = [], isSecure: Bool = false,
        to response: Response = Response(status: 200),
        _ change: (inout AnswerPolicy) -> Void = { _ in }
    ) throws -> HeaderFields {
        var policy = AnswerPolicy()
        change(&policy)
        var request = try Request(method: method, target: "/v1/runs", headers: headers)
        request.isSecure = isSecure
        var response = response
        policy.mark(&response, to: request, id: "id-1")
        return response.headers
    }

    private func closed(_ headers: HeaderFields) -> Bool {
        !headers.contains { $0.name.hasPrefix("Access-Control-") }
    }

    private static func open(_ policy: inout AnswerPolicy) {
        policy.allowedOrigins = ["https://board.example", "http://localhost:5173"]
    }

    @Test func `every answer is marked, and what a handler has set stays`() throws {
        #expect(
            try answer() == [
                "X-Request-ID": "id-1", "Cache-Control": "no-store",
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
                "Referrer-Policy": "no-referrer",
            ])
        let page = Response(status: 200, headers: ["Content-Security-Policy": "script-src 'self'"])
        #expect(
            try answer(to: page).values("Content-Security-Policy") == ["script-src 'self'"])
    }

    @Test func `only what came by TLS is bound to it`() throws {
        #expect(try answer()["Strict-Transport-Security"] == nil)
        #expect(try answer(isSecure: true)["Strict-Transport-Security"] == "max-age=31536000")
        let undone = try answer(isSecure: true) { $0.strictTransportSeconds = 0 }
        #expect(undone["Strict-Transport-Security"] == "max-age=0")

        var policy = AnswerPolicy()
        policy.isTLS = true
        var (whole, plain) = (Response(status: 400), Response(status: 400))
        policy.mark(&whole, to: .message(.missingHost), id: "id-1")
        policy.mark(&plain, to: .tlsExpected, id: "id-1")
        #expect(whole.headers["Strict-Transport-Security"] != nil)
        #expect(plain.headers["Strict-Transport-Security"] == nil)
    }

    @Test func `no other origin is let in unless it is configured`() throws {
        let headers = try answer("GET", ["Origin": "https://board.example"])
        #expect(closed(headers) && headers["Vary"] == nil)
    }

    @Test(arguments: [
        "https://board.example.evil", "https://evil.example", "http://board.example",
        "https://board.example:443", "https://board.example/", "HTTPS://board.example", "null",
        "*", "",
    ])
    func `an origin that is not exactly a configured one reads nothing`(origin: String) throws {
        let headers = try answer("GET", ["Origin": origin], Self.open)
        #expect(closed(headers) && headers.values("Vary") == ["Origin"])
    }

    @Test func `two origins are none`() throws {
        let both = HeaderFields([
            ("Origin", "https://board.example"), ("Origin", "https://evil.example"),
        ])
        #expect(closed(try answer("GET", both, Self.open)))
    }

    @Test func `a configured origin may read the answer and the fields that matter`() throws {
        let headers = try answer("GET", ["Origin": "http://localhost:5173"], Self.open)
        #expect(headers["Access-Control-Allow-Origin"] == "http://localhost:5173")
        for field in ["X-Request-ID", "X-Next-Cursor", "Content-Disposition"] {
            #expect(headers["Access-Control-Expose-Headers"]?.contains(field) == true)
        }
        #expect(headers["Access-Control-Allow-Credentials"] == nil)
        #expect(headers.values("Vary") == ["Origin"])
        #expect(closed(try answer("GET", [], Self.open)))
        #expect(try answer("GET", [], Self.open)["Vary"] == "Origin", "caches must know")
    }

    @Test func `a browser that asks before it asks is told the methods and fields`() throws {
        let asked: HeaderFields = [
            "Origin": "https://board.example", "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization,if-match",
        ]
        let allowing = Response(status: 204, headers: ["Allow": "GET, OPTIONS, PUT"])
        let headers = try answer("OPTIONS", asked, to: allowing, Self.open)
        #expect(headers["Access-Control-Allow-Methods"] == "GET, OPTIONS, PUT")
        #expect(headers["Access-Control-Allow-Headers"] == AnswerPolicy.requestFields)
        #expect(headers["Access-Control-Max-Age"] == "600")
        #expect(headers["Access-Control-Allow-Origin"] == "https://board.example")
        let plain = try answer(
            "OPTIONS", ["Origin": "https://board.example"], to: allowing, Self.open)
        #expect(plain["Access-Control-Allow-Methods"] == nil, "nobody asked to ask")
    }
}
