import ControlPlane
import Foundation
import HTTP
import HTTPServer
import JSON
import Testing

@testable import API

/// The API behind a real socket: the answers that the server gives without asking a handler have
/// the same shape.
struct ServerTests {
    let service: TestService
    let server: HTTPServer
    let port: Int

    init() throws {
        var policy = AnswerPolicy()
        policy.allowedOrigins = ["https://board.example"]
        service = try TestService(policy: policy)
        server = HTTPServer(
            configuration: ServerConfiguration(threads: 1), router: API.router(service.services),
            onDiagnostic: API.diagnostic(service.services))
        port = try server.start()
    }

    /// Sends one request and reads until the server closes.
    private func exchange(_ head: String, _ body: String = "") async throws -> Answer {
        let text = head.replacing("\n", with: "\r\n") + "\r\nConnection: close\r\n\r\n" + body
        let port = port
        let bytes = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Wire.exchange(Array(text.utf8), port) })
            }
        }
        return try Wire.answer(in: bytes)
    }

    private func authorized(_ head: String, as caller: Caller = .editor) -> String {
        "\(head)\nHost: x\nAuthorization: Bearer \(caller.token)"
    }

    private func expectProblem(
        _ answer: Answer, _ status: Int, _ code: String,
        at place: SourceLocation = #_sourceLocation
    ) {
        #expect(answer.status == status, sourceLocation: place)
        #expect(answer.code == code, sourceLocation: place)
        #expect(Contract.problemFaults(in: answer) == [], sourceLocation: place)
        #expect(answer.header("X-Request-ID")?.isEmpty == false, sourceLocation: place)
        #expect(answer.header("Cache-Control") == "no-store", sourceLocation: place)
        expectMarked(answer, at: place)
    }

    /// Each field of every answer is there once.
    private func expectMarked(_ answer: Answer, at place: SourceLocation = #_sourceLocation) {
        for (name, value) in [
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("Cache-Control", "no-store"), ("Vary", "Origin"),
        ] {
            #expect(answer.response.headers.values(name) == [value], sourceLocation: place)
        }
        let ids = answer.response.headers.values("X-Request-ID")
        #expect(ids.count == 1 && ids != [""], sourceLocation: place)
    }

    @Test func `a request goes through socket, router and handler`() async throws {
        let body = String(decoding: JSONValue.loadTest().encodedBytes, as: UTF8.self)
        let created = try await exchange(
            authorized("POST /v1/load-tests HTTP/1.1")
                + "\nContent-Type: application/json\nContent-Length: \(body.utf8.count)", body)
        #expect(created.status == 201)
        let location = try #require(created.header("Location"))
        let read = try await exchange(authorized("GET \(location) HTTP/1.1"))
        #expect(read.json == created.json)
        let escaped = location.replacing("-", with: "%2D")
        #expect(try await exchange(authorized("GET \(escaped) HTTP/1.1")).status != 500)
        await server.shutdown(within: .zero)
    }

    @Test func `paths and methods that are not there are problems`() async throws {
        expectProblem(try await exchange("GET /v2 HTTP/1.1\nHost: x"), 404, "notFound")
        expectProblem(try await exchange("GET / HTTP/1.1\nHost: x"), 404, "notFound")
        expectProblem(try await exchange("GET /v1/runs/ HTTP/1.1\nHost: x"), 404, "notFound")
        let own = try await exchange("GET /nowhere HTTP/1.1\nHost: x\nX-Request-ID: mine-1")
        #expect(own["/requestId"] == "mine-1")
        let method = try await exchange(authorized("DELETE /v1/runs HTTP/1.1"))
        expectProblem(method, 405, "methodNotAllowed")
        #expect(method.header("Allow") == "GET, HEAD, OPTIONS")
        await server.shutdown(within: .zero)
    }

    @Test func `what is no request or too much is a problem`() async throws {
        expectProblem(
            try await exchange(
                authorized("POST /v1/load-tests HTTP/1.1")
                    + "\nContent-Type: application/json\nContent-Length: 1048577"),
            413, "bodyTooLarge")
        expectProblem(
            try await exchange(
                authorized("POST /v1/callbacks/metrics HTTP/1.1", as: .callback)
                    + "\nContent-Length: \(CallbackHandlers.bodyBytesMax + 1)"),
            413, "bodyTooLarge")
        let long = try await exchange(
            "GET /\(String(repeating: "a", count: 9000)) HTTP/1.1\nHost: x")
        #expect(long.status == 414)
        #expect(Contract.problemFaults(in: long) == [])
        let odd = try await exchange("GET /v1/runs HTTP/1.1\nHost: x\nBad Name: 1")
        #expect(odd.status == 400)
        #expect(Contract.problemFaults(in: odd) == [])
        let dots = try await exchange("GET /v1/../v1/runs HTTP/1.1\nHost: x")
        #expect(dots.status == 400)
        #expect(Contract.problemFaults(in: dots) == [])
        await server.shutdown(within: .zero)
    }

    @Test func `what no handler answers is marked and shared like the rest`() async throws {
        let origin = "\nHost: x\nOrigin: https://board.example"
        let preflight = try await exchange(
            "OPTIONS /v1/runs HTTP/1.1\(origin)\nAccess-Control-Request-Method: GET")
        #expect(preflight.status == 204)
        #expect(preflight.header("Access-Control-Allow-Methods") == "GET, HEAD, OPTIONS")
        expectMarked(preflight)
        for line in ["DELETE /v1/runs", "GET /nowhere", "GET /health", "OPTIONS *", "PUT *"] {
            let answer = try await exchange("\(line) HTTP/1.1\(origin)")
            #expect(answer.header("Access-Control-Allow-Origin") == "https://board.example")
            expectMarked(answer)
        }
        expectMarked(try await exchange("GET /v1/../x HTTP/1.1\nHost: x"))
        await server.shutdown(within: .zero)
    }

    @Test(arguments: [
        "GET /<script>alert(1)</script> HTTP/1.1\nHost: x",
        "GET /%22%7D%0A%0DSet-Cookie: HTTP/1.1\nHost: x",
        "GET /%22%7D%0A%0DSet-Cookie%3Aa=b HTTP/1.1\nHost: x\nX-Request-ID: <b>\"",
        "GET /v1/runs?<svg/onload=alert(1)>=1 HTTP/1.1\nHost: x",
        "GET /v1/runs?status=%3Cscript%3E%22 HTTP/1.1\nHost: x",
    ])
    func `what a client writes comes back as text in JSON alone`(head: String) async throws {
        let answer = try await exchange(head + "\nAuthorization: Bearer \(Caller.editor.token)")
        #expect((400..<500).contains(answer.status))
        // Strict JSON: what was not encoded would have ended a string.
        #expect(Contract.problemFaults(in: answer) == [])
        #expect(answer.header("Set-Cookie") == nil)
        #expect(answer.response.headers.allSatisfy { !$0.value.contains("<") })
        expectMarked(answer)
        await server.shutdown(within: .zero)
    }

    @Test func `clients that send no HTTP write one line a second into the log`() async throws {
        for _ in 0..<20 { _ = try await exchange("GET / HTTP/1.1\nBad Name: 1") }
        _ = try await exchange("GET /\u{1} HTTP/1.1\nHost: x")
        let lines = service.log.lines.filter { $0.contains("requestRefused") }
        #expect(lines.count == 2, "one of each kind: \(lines)")
        service.time.advance(by: .seconds(1))
        _ = try await exchange("GET /health HTTP/1.1\nHost: x")
        let told = try #require(service.log.lines.first { $0.contains("requests refused") })
        #expect(told.contains("\"count\":19") && told.contains("requestRefused."))
        await server.shutdown(within: .zero)
    }

    @Test(arguments: [
        String(repeating: "[", count: 1_000_000), String(repeating: "{\"a\":", count: 170_000),
        String(repeating: "1", count: 1_000_000), "1e" + String(repeating: "9", count: 1_000_000),
        "[" + String(repeating: "[],", count: 330_000) + "[]]",
        "\"" + String(repeating: "\\u0000", count: 160_000) + "\"",
        "{\"name\":\"" + String(repeating: "\\ud83d\\ude00", count: 80_000) + "\"}",
        "{" + (0..<70_000).map { "\"k\($0)\":{}" }.joined(separator: ",") + "}",
    ])
    func `a bomb of JSON is a problem like another`(body: String) async throws {
        let answer = try await exchange(
            authorized("POST /v1/load-tests HTTP/1.1")
                + "\nContent-Type: application/json\nContent-Length: \(body.utf8.count)", body)
        #expect(answer.status == 400 || answer.status == 422)
        #expect(Contract.problemFaults(in: answer) == [])
        #expect(answer.response.body.count < 100_000)
        await server.shutdown(within: .zero)
    }

    @Test func `two tokens in one request are none`() async throws {
        let answer = try await exchange(
            authorized("GET /v1/runs HTTP/1.1") + "\nAuthorization: Bearer \(Caller.admin.token)")
        expectProblem(answer, 401, "unauthorized")
        await server.shutdown(within: .zero)
    }

    @Test func `a HEAD has the head of its GET and no body`() async throws {
        let answer = try await exchange(authorized("HEAD /v1/runs HTTP/1.1"))
        #expect(answer.status == 200)
        #expect(answer.response.body.isEmpty)
        #expect(answer.header("Content-Length") != "0")
        await server.shutdown(within: .zero)
    }

    @Test func `paths that nobody has are logged like others`() async throws {
        _ = try await exchange("GET /nowhere?token=s3cret HTTP/1.1\nHost: x")
        let line = try #require(service.log.lines.first { $0.contains("/nowhere") })
        #expect(line.contains("\"status\":404"))
        #expect(!line.contains("s3cret"))
        await server.shutdown(within: .zero)
    }
}

/// One blocking exchange over loopback.
private enum Wire {
    struct Failure: Error {
        let call: String
        let code: Int32
    }

    /// Longest wait for anything; only a failing test waits this long.
    private static let patience = timeval(tv_sec: 120, tv_usec: 0)

    static func exchange(_ bytes: [UInt8], _ port: Int) throws -> [UInt8] {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var patience = patience
        setsockopt(
            socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw Failure(call: "connect", code: errno) }
        guard send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
            throw Failure(call: "send", code: errno)
        }
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else {
                guard count == 0 || errno == ECONNRESET else {
                    throw Failure(call: "recv", code: errno)
                }
                return received
            }
            received += buffer[..<count]
        }
    }

    static func answer(in bytes: [UInt8]) throws -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.range(of: "\r\n\r\n"), "\(text)")
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        var headers = HeaderFields()
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            headers.add(String(parts[0]), parts[1].trimmingCharacters(in: .whitespaces))
        }
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        return Answer(
            Response(status: status, headers: headers, body: Array(text[end.upperBound...].utf8)))
    }
}
