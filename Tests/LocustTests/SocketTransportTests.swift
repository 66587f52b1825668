import Foundation
import Networking
import Testing

@testable import Locust

/// What really goes over the wire, and what becomes of a connection that goes wrong.
struct SocketTransportTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

    private static func answer(_ body: String, status: String = "200 OK", more: String = "")
        -> String
    {
        "HTTP/1.1 \(status)\r\n\(more)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private func master(
        _ server: ScriptedServer, token: String? = nil,
        limit: Duration = .seconds(30)
    ) throws -> LocustMaster {
        var timeouts = LocustMaster.Timeouts(call: limit)
        timeouts.stop = limit
        return LocustMaster(
            baseURL: try #require(server.url), bearerToken: token, timeouts: timeouts)
    }

    private func failure(
        of master: LocustMaster, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> LocustError {
        try #require(
            await #expect(throws: LocustError.self, sourceLocation: sourceLocation) {
                try await master.stop()
            },
            sourceLocation: sourceLocation)
    }

    @Test func `a swarm is a form with every field, the token, and a connection of its own`()
        async throws
    {
        let body = #"{"success": true, "message": "Swarming started", "host": null}"#
        try await withServer { _ in
            .text(Self.answer(body))
        } _: { server in
            let request = SwarmRequest(
                userCount: 3, spawnRate: 0.5, host: "http://h/?a=1&b", userClasses: ["A", "B"],
                options: ["run_id": "r 1", "flag": "true"])
            let answer = try await master(server, token: "s3cret").swarm(request)
            #expect(answer.host == nil)
            let sent = try #require(server.requests.first)
            #expect(sent.hasPrefix("POST /swarm HTTP/1.1\r\n"))
            #expect(sent.contains("\r\nAuthorization: Bearer s3cret\r\n"))
            #expect(sent.contains("\r\nContent-Type: application/x-www-form-urlencoded\r\n"))
            #expect(sent.lowercased().contains("\r\nconnection: close\r\n"))
            #expect(
                sent.hasSuffix(
                    """
                    \r\n\r\nuser_count=3&spawn_rate=0.5&host=http%3A%2F%2Fh%2F%3Fa%3D1%26b\
                    &run_time=&user_classes=A&user_classes=B&flag=true&run_id=r%201
                    """))
        }
    }

    @Test func `a POST without fields says that it is empty`() async throws {
        try await withServer { _ in
            .text(Self.answer(#"{"success": true}"#))
        } _: { server in
            try await master(server).stop()
            let sent = try #require(server.requests.first)
            #expect(sent.hasPrefix("POST /stop HTTP/1.1\r\n"))
            #expect(sent.contains("\r\nContent-Length: 0\r\n"))
        }
    }

    @Test func `cookies are not sent back`() async throws {
        let reply = Self.answer(
            #"{"worker_count": 1}"#, more: "Set-Cookie: session=alice; Path=/\r\n")
        try await withServer { _ in
            .text(reply)
        } _: { server in
            let master = try master(server)
            for _ in 0..<2 { #expect(try await master.workerCount() == 1) }
            #expect(server.requests.count == 2)
            #expect(!server.requests.contains { $0.lowercased().contains("\r\ncookie:") })
        }
    }

    @Test(arguments: [
        ("/login?next=%2Fstop&token=hidden", "--web-login"),
        ("https://user:hidden@elsewhere.example/stop", "redirects to elsewhere.example/stop"),
    ])
    func `a redirect is told, not followed`(location: String, expected: String) async throws {
        let reply = Self.answer("", status: "302 Found", more: "Location: \(location)\r\n")
        try await withServer { _ in
            .text(reply)
        } _: { server in
            let error = try await failure(of: master(server))
            #expect(error.description.contains(expected))
            #expect(!error.description.contains("hidden"))
            #expect(!error.outcomeUnknown)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `a challenge for a password is an answer like any other`() async throws {
        let reply = Self.answer(
            "no", status: "401 Unauthorized", more: "WWW-Authenticate: Basic realm=\"x\"\r\n")
        try await withServer { _ in
            .text(reply)
        } _: { server in
            let error = try await failure(of: master(server, token: "s3cret"))
            guard case .unauthorized(_, 401) = error else { throw error }
            #expect(!error.description.contains("s3cret"))
            #expect(server.requests.count == 1)
        }
    }

    @Test func `silence ends at the limit, and the outcome is unknown`() async throws {
        try await withServer { _ in
            .silence
        } _: { server in
            let limit = Duration.milliseconds(50)
            let error = try await failure(of: master(server, limit: limit))
            #expect(error == .timedOut(error.call, limit: limit))
            #expect(error.outcomeUnknown)
        }
    }

    @Test(
        arguments: [
            "Content-Length: 99\r\n\r\nthanks", "\r\nthanks", "Content-Length: 9\r\n\r\n",
            "Transfer-Encoding: chunked\r\n\r\n",
        ], [false, true])
    func `an answer without its end has a status all the same where only its beginning is wanted`(
        rest: String, isCutOff: Bool
    ) async throws {
        let text = "HTTP/1.1 202 Accepted\r\n\(rest)"
        try await withServer { _ in
            isCutOff ? .text(text) : .unended(text)
        } _: { server in
            let url = try #require(server.url)
            let port = try #require(url.port)
            let address = try #require(Resolver.numericAddress("127.0.0.1", port: port))
            let request = TransportRequest(
                method: "POST", url: url.absoluteString, headers: [:], body: [])
            let answer = try await SocketTransport.shared.send(
                request, to: [address], bodyBytesMax: 4_096)
            #expect(answer.status == 202)
            #expect(rest.hasSuffix(String(decoding: answer.body, as: UTF8.self)))
        }
    }

    @Test func `a cancelled call ends at once, and the outcome is unknown`() async throws {
        try await withServer { _ in
            .silence
        } _: { server in
            let master = try master(server)
            let call = Task { try await failure(of: master) }
            while server.requests.isEmpty { await Task.yield() }
            call.cancel()
            let error = try await call.value
            #expect(error == .cancelled(error.call))
            #expect(error.outcomeUnknown)
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"succ"])
    func `a connection that breaks leaves the outcome unknown, and is not tried again`(
        sent: String
    ) async throws {
        try await withServer { _ in
            .text(sent)
        } _: { server in
            let error = try await failure(of: master(server))
            guard case .connectionLost = error else { throw error }
            #expect(error.outcomeUnknown)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `nobody listening is unreachable, and nothing can have happened`() async throws {
        let server = ScriptedServer { _ in .silence }  // Holds the port and never starts.
        defer {
            server.start()
            server.stop()
        }
        let error = try await failure(of: master(server))
        guard case .unreachable = error else { throw error }
        #expect(!error.outcomeUnknown)
        #expect(error.description.contains("connection refused"))
    }

    @Test func `a server without TLS is unreachable for https`() async throws {
        try await withServer { _ in
            .silence
        } _: { server in
            let port = try #require(server.url?.port)
            let url = try #require(URL(string: "https://127.0.0.1:\(port)"))
            let error = try await failure(of: LocustMaster(baseURL: url, bearerToken: nil))
            guard case .unreachable = error else { throw error }
            #expect(error.description.contains("TLS was not agreed on"))
            #expect(!error.outcomeUnknown)
        }
    }

    @Test func `an answer may be as large as the limit and no larger`() async throws {
        let limit = TransportAnswer.bodyBytesMax
        for (bytes, fits) in [(limit, true), (limit + 1, false)] {
            try await withServer { _ in
                .body(bytes: bytes)
            } _: { server in
                let request = TransportRequest(
                    method: "GET", url: "\(try #require(server.url))/", headers: [:], body: nil)
                do throws(TransportError) {
                    let answer = try await SocketTransport.shared.send(request)
                    #expect(fits && answer.body.count == bytes)
                } catch {
                    #expect(!fits && error == .tooLarge)
                }
            }
        }
    }

    @Test func `many calls at once do not wait for one that hangs`() async throws {
        let reply = Self.answer(#"{"worker_count": 2}"#)
        try await withServer {
            $0.hasPrefix("POST") ? .silence : .text(reply)
        } _: { server in
            let master = try master(server)
            let hung = (0..<8).map { _ in Task { try? await master.stop() } }
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<40 { group.addTask { try await master.workerCount() } }
                for try await count in group { #expect(count == 2) }
            }
            for call in hung { call.cancel() }
        }
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\u{0}b"])
    func `a token that would break the head is not sent`(token: String) async throws {
        try await withServer { _ in
            .silence
        } _: { server in
            let error = try await failure(of: master(server, token: token))
            guard case .invalidRequest = error else { throw error }
            #expect(!error.description.contains(token))
            #expect(server.requests.isEmpty)
        }
    }

    @Test func `a user in the URL becomes basic authentication and stays out of messages`()
        async throws
    {
        let reply = Self.answer("", status: "503 Service Unavailable")
        try await withServer { _ in
            .text(reply)
        } _: { server in
            let port = try #require(server.url?.port)
            let url = try #require(URL(string: "http://bob:pa55@127.0.0.1:\(port)/base/?q=1"))
            let error = try await failure(of: LocustMaster(baseURL: url, bearerToken: nil))
            #expect(!error.description.contains("pa55"))
            #expect(error.call.url == "http://127.0.0.1:\(port)/base/stop")
            #expect(error.outcomeUnknown)
            let pair = Data("bob:pa55".utf8).base64EncodedString()
            #expect(server.requests.first?.contains("Authorization: Basic \(pair)\r\n") == true)
        }
    }
}
