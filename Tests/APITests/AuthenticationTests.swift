import ControlPlane
import HTTP
import JSON
import Testing

@testable import API

struct AuthenticationTests {
    let service: TestService

    init() throws { service = try TestService() }

    @Test(arguments: ["Bearer ", "bearer ", "BEARER ", "Bearer   "])
    func `a bearer token is read in every right form`(scheme: String) async throws {
        let answer = try await service.ask(
            "GET", "/v1/runs", as: nil,
            headers: ["Authorization": scheme + Caller.viewer.token])
        #expect(answer.status == 200)
    }

    @Test(arguments: [
        [], ["Bearer"], ["Bearer "], ["Bearer wrong"], ["Basic dG9rZW4="], ["TOKEN"],
        ["Bearer TOKEN x"], ["Bearer TOKENx"], ["Bearer PART"], ["Bearer token=TOKEN"],
        ["Token TOKEN"], ["Bearer TOKEN", "Bearer TOKEN"], ["Bearer TOKEN", "Basic x"],
        ["Bearer,TOKEN"], [""],
    ])
    func `whoever has no valid token is told so and no more`(values: [String]) async throws {
        let token = Caller.administrator.token
        let fields = values.map { value in
            let whole = value.replacing("TOKEN", with: token)
            return ("Authorization", whole.replacing("PART", with: token.dropLast()))
        }
        let answer = try await service.ask(
            "GET", "/v1/runs/unknown", as: nil, headers: HeaderFields(fields))
        #expect(answer.status == 401)
        #expect(answer.code == "unauthorized")
        #expect(answer.header("WWW-Authenticate") == "Bearer realm=\"swarmkeeper\"")
    }

    @Test func `the token is looked at before the rest of the request`() async throws {
        let query = try await service.ask("GET", "/v1/runs?colour=red", as: nil)
        #expect(query.status == 401)
        let body = try await service.send("POST", "/v1/load-tests", Array("{".utf8), as: nil)
        #expect(body.status == 401)
        let forbidden = try await service.send("POST", "/v1/tests", Array("{".utf8), as: .viewer)
        #expect(forbidden.status == 403)
        #expect(forbidden.text.contains("start"))
    }

    @Test func `new tokens replace the old ones at once`() async throws {
        let new = Caller("new", .viewer, .tenant("tenant-1"))
        service.services.authenticator.replace([(new.token, new.principal)])
        #expect(try await service.ask("GET", "/v1/runs", as: new).status == 200)
        #expect(try await service.ask("GET", "/v1/runs", as: .viewer).status == 401)
    }

    @Test func `a client's own request id comes back in header, body and log`() async throws {
        let ids = [
            "a", "0af7651916cd43dd8448eb211c80319c", "A-z_0.9:/",
            String(repeating: "i", count: 128),
        ]
        for id in ids {
            let answer = try await service.ask(
                "GET", "/v1/runs/none", headers: ["X-Request-ID": id])
            #expect(answer.header("X-Request-ID") == id)
            #expect(answer["/requestId"]?.text == id)
            #expect(service.log.lines.contains { $0.contains("\"requestId\":\"\(id)\"") })
        }
    }

    @Test(arguments: [
        "", "a b", "a\r\nSet-Cookie: x=1", "a\"b", "é", String(repeating: "i", count: 129),
        "a\u{0}",
        "<script>", "a\u{2028}", "{}",
    ])
    func `a request id that could do harm is replaced by a new one`(id: String) async throws {
        let answer = try await service.ask("GET", "/health", headers: ["X-Request-ID": id])
        let new = try #require(answer.header("X-Request-ID"))
        #expect(new != id)
        #expect(new.count == 36)
    }

    @Test(arguments: [
        "text/plain", "application/x-www-form-urlencoded", "application/jsonx", "", "json",
        "application/problem+json", "multipart/form-data; boundary=x",
    ])
    func `a body of another type is refused`(type: String) async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(), headers: ["Content-Type": type])
        #expect(answer.status == 415)
        #expect(answer.code == "unsupportedMediaType")
    }

    @Test(arguments: [
        "application/json", "Application/JSON; charset=utf-8", "application/json;x=1",
    ])
    func `a JSON body is taken with parameters in its type`(type: String) async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(), headers: ["Content-Type": type])
        #expect(answer.status == 201)
    }

    @Test(arguments: [
        "{", "[]", "null", "7", "\"x\"", "{\"name\":}", "{'name':1}", "\u{0}", "{} x", "nul",
        "{\"name\": \"\\ud800\"}", "{\"name\": 01}", "{\"metadata\": {\"x\": 1e999}}",
        "{\"name\": NaN}", "<xml/>",
    ])
    func `a body that is no JSON object is refused`(text: String) async throws {
        let answer = try await service.send("POST", "/v1/load-tests", Array(text.utf8))
        #expect(answer.status == 400)
        #expect(answer.code == "malformedBody")
    }

    @Test func `a body that is missing or not wanted is refused`() async throws {
        #expect(try await service.ask("POST", "/v1/load-tests").status == 415)
        let empty = try await service.ask(
            "POST", "/v1/load-tests", headers: ["Content-Type": "application/json"])
        #expect(empty.status == 400)
        #expect(try await service.ask("GET", "/v1/runs", [:]).status == 400)
    }

    @Test func `invalid UTF-8 and a body in UTF-16 are refused`() async throws {
        var bytes = JSONValue.loadTest().encodedBytes
        bytes.replaceSubrange(10..<11, with: [0xFF])
        #expect(try await service.send("POST", "/v1/load-tests", bytes).status == 400)
        let wide = JSONValue.loadTest().encodedBytes.flatMap { [$0, UInt8(0)] }
        #expect(try await service.send("POST", "/v1/load-tests", wide).status == 400)
    }

    @Test func `no token shows in the log`() async throws {
        try await service.ask("GET", "/v1/runs", as: .administrator)
        try await service.ask(
            "GET", "/v1/runs", as: nil, headers: ["Authorization": "Bearer wrong-token-123"])
        let log = service.log.lines.joined()
        #expect(!log.contains(Caller.administrator.token))
        #expect(!log.contains("wrong-token-123"))
        #expect(log.contains("\"by\":\"administrator\""))
    }
}
