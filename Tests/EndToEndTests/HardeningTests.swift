import Foundation
import JSON
import TestSupport
import Testing

/// What the service says to browsers and believes of proxies, asked by curl through a real nginx.
struct HardeningTests {
    private static let usual =
        "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"
        + "proxy_set_header X-Forwarded-Proto $scheme;"

    @Test(.enabled(if: ReverseProxy.program != nil, "nginx is not installed"))
    func `behind nginx the client is who has asked nginx, whatever it writes`() async throws {
        let service = try await ConfiguredService(
            "behindTlsProxy: true, trustedProxies: [127.0.0.1]")
        let proxy = try await ReverseProxy(to: service.port, Self.usual)
        // Every address of 127.0.0.0/8 is this machine's.
        let plain = try await proxy.ask("--interface", "127.0.0.5", "-H", "X-Request-ID: plain")
        #expect(plain.contains("Strict-Transport-Security: max-age=31536000\r\n"))
        let line = try await service.logLine(of: "plain")
        #expect(line["from"]?.text == "127.0.0.5" && line["via"]?.text == "127.0.0.1")
        _ = try await proxy.ask(
            "--interface", "127.0.0.5", "-H", "X-Request-ID: spoofed", "-H",
            "X-Forwarded-For: 192.0.2.1, 127.0.0.1", "-H", "Forwarded: for=192.0.2.2")
        let spoofed = try await service.logLine(of: "spoofed")
        #expect(spoofed["from"]?.text == "127.0.0.5" && spoofed["via"]?.text == "127.0.0.1")

        // Past the proxy, from an address that is none.
        let direct = try await service.ask(
            "--interface", "127.0.0.7", "-H", "X-Request-ID: direct", "-H",
            "X-Forwarded-For: 192.0.2.1", "-H", "X-Forwarded-Proto: https")
        #expect(!direct.contains("Strict-Transport-Security"))
        let own = try await service.logLine(of: "direct")
        #expect(own["from"]?.text == "127.0.0.7" && own["via"] == nil)
        #expect(!service.program.output.contains("all clients behind the proxy count as one"))
    }

    @Test(.enabled(if: ReverseProxy.program != nil, "nginx is not installed"))
    func `the standard's field is read where the configuration says so`() async throws {
        let service = try await ConfiguredService(
            "trustedProxies: [\"127.0.0.0/30\"], forwardedField: Forwarded")
        let proxy = try await ReverseProxy(
            to: service.port,
            "proxy_set_header Forwarded \"$http_forwarded, for=$remote_addr;proto=$scheme\";")
        _ = try await proxy.ask(
            "--interface", "127.0.0.5", "-H", "X-Request-ID: spoofed", "-H",
            "X-Forwarded-For: 192.0.2.1", "-H", "Forwarded: for=192.0.2.2;host=\"")
        #expect(try await service.logLine(of: "spoofed")["from"]?.text == "127.0.0.5")
    }

    @Test func `without a stated proxy nobody is believed, which the log says`() async throws {
        let service = try await ConfiguredService("behindTlsProxy: true")
        #expect(service.program.output.contains("all clients behind the proxy count as one"))
        _ = try await service.ask(
            "-H", "X-Request-ID: spoofed", "-H", "X-Forwarded-For: 192.0.2.1", "-H",
            "Forwarded: for=192.0.2.1")
        #expect(try await service.logLine(of: "spoofed")["from"]?.text == "127.0.0.1")
    }

    @Test func `pages of configured origins may ask and read, and no others`() async throws {
        let service = try await ConfiguredService(
            "cors: { allowedOrigins: [\"https://board.example\"] }")
        let asking = [
            "-X", "OPTIONS", "-H", "Access-Control-Request-Method: POST", "-H",
            "Access-Control-Request-Headers: authorization",
        ]
        func preflight(_ origin: String) async throws -> String {
            let words = ["curl", "-sS", "-i", "--max-time", "60"] + asking
            let url = "http://127.0.0.1:\(service.port)/v1/runs/1/stop"
            return try await Curl.shell(words + ["-H", "Origin: \(origin)", url]).text
        }
        let allowed = try await preflight("https://board.example")
        #expect(allowed.hasPrefix("HTTP/1.1 204 "))
        #expect(allowed.contains("Access-Control-Allow-Origin: https://board.example\r\n"))
        #expect(allowed.contains("Access-Control-Allow-Methods: OPTIONS, POST\r\n"))
        #expect(allowed.contains("Access-Control-Allow-Headers: Authorization, "))
        for origin in ["https://board.example.evil", "http://board.example", "null"] {
            let refused = try await preflight(origin)
            #expect(refused.hasPrefix("HTTP/1.1 204 "))
            #expect(!refused.contains("Access-Control-"))
            #expect(refused.contains("Vary: Origin\r\n"))
        }
        let read = try await service.ask("-H", "Origin: https://board.example")
        #expect(read.contains("Access-Control-Allow-Origin: https://board.example\r\n"))
        #expect(!read.contains("Allow-Credentials"))
    }

    @Test(.enabled(if: ReverseProxy.program != nil, "nginx is not installed"))
    func `who guesses tokens through nginx is slowed down, and nobody beside it`() async throws {
        let service = try await ConfiguredService(
            "trustedProxies: [127.0.0.1], rateLimit: "
                + "{ anonymous: { requestsPerSecond: 0.1, burst: 3 } }")
        let proxy = try await ReverseProxy(to: service.port, Self.usual)
        func ask(from address: String, with token: String) async throws -> String {
            try await proxy.ask(
                "--interface", address, "-H", "Authorization: Bearer \(token)", path: "/v1/runs")
        }
        #expect(try await ask(from: "127.0.0.6", with: Service.administrator).contains(" 200 "))
        var guesses: [String] = []
        for number in 0..<8 {
            guesses.append(try await ask(from: "127.0.0.5", with: "guess-number-\(number)"))
        }
        #expect(guesses[0].hasPrefix("HTTP/1.1 401 "))
        #expect(guesses[0].contains("X-RateLimit-Limit: 3\r\n"))
        let refused = try #require(guesses.last { $0.hasPrefix("HTTP/1.1 429 ") })
        #expect(refused.contains("Retry-After: ") && refused.contains("\"rateLimited\""))
        #expect(try await ask(from: "127.0.0.6", with: Service.administrator).contains(" 200 "))
        #expect(try await ask(from: "127.0.0.7", with: "wrong-token").hasPrefix("HTTP/1.1 401 "))
    }

    @Test func `a token that has used up its limit still stops its runs; a reload changes limits`()
        async throws
    {
        let sections = """
            tenants:
              - id: red
                environments: [dev]
                targets: { allow: [127.0.0.0/8] }
                tokens: [{ name: ci, role: operator, token: red-operator-token }]
            locustClusters:
              - { id: own, type: native, tenantId: red, envId: dev }
            """
        let service = try await ConfiguredService(
            "rateLimit: { overrides: [{ tenantId: red, requestsPerSecond: 0.1, burst: 4 }] }",
            sections)
        let client = Client("http://127.0.0.1:\(service.port)", token: "red-operator-token")
        let started = try await client.post(
            "/v1/tests",
            [
                "name": "Limited", "tenantId": "red", "envId": "dev",
                "targetUrl": "http://127.0.0.1:9", "targetUsers": 1, "spawnRate": 1,
                "durationSeconds": 300,
            ])
        let id = try #require(started["id"]?.text, "\(started.body)")
        var answers: [Client.Answer] = []
        for _ in 0..<8 { answers.append(try await client.get("/v1/runs/\(id)")) }
        let refused = try #require(answers.last { $0.status == 429 })
        #expect(refused["code"]?.text == "rateLimited")
        #expect(refused.headers["X-RateLimit-Remaining"] == "0")
        #expect(try await client.post("/v1/runs/\(id)/stop").status < 300)
        #expect(
            try await eventually {
                try await service.client.get("/v1/runs/\(id)")["endReason"]?.text
                    == "stoppedByUser"
            }, "\(service.program.output)")

        try service.reload("rateLimit: { requestsPerSecond: 1000 }", sections)
        #expect(
            try await eventually { try await client.get("/v1/runs/\(id)").status == 200 },
            "\(service.program.output)")
    }
}
