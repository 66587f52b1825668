import Foundation
import JSON
import TestSupport
import Testing

/// The service in TLS, asked by curl and OpenSSL's client, and a master in TLS.
struct TLSTests {
    /// A service with the certificate `server` of `certificates`, on a port of its own.
    private final class SecureService {
        private let folder: TemporaryFolder
        let program: Program
        let port: Int
        let certificates: Certificates

        /// - Parameter more: further settings of `server.tls`.
        init(_ certificates: Certificates, _ more: String = "") async throws {
            self.certificates = certificates
            folder = try TemporaryFolder()
            try certificates.sign("server", for: "DNS:localhost")
            let configuration = """
                server:
                  port: 0
                  tls:
                    certificateFile: "\(certificates.certificate("server"))"
                    keyFile: "\(certificates.key("server"))"
                    \(more)
                storage: { path: "\(folder.path("store.db"))" }
                security: { apiToken: \(Service.administrator) }
                """
            let path = folder.path("config.yaml")
            try configuration.write(toFile: path, atomically: true, encoding: .utf8)
            let program = try Program(["serve", "--config", path])
            self.program = program
            _ = await eventually { program.output.contains("listening") || !program.isRunning }
            let line = program.output.split(separator: "\n").map { JSONValue(String($0)) }
                .last { $0?["event"]?.text == "listening" }
            port = try #require(line??["port"]?.integer, "\(program.output)")
        }

        deinit { program.end() }

        func url(_ path: String = "/health") -> String { "https://localhost:\(port)\(path)" }

        /// How often the log has this event.
        func count(_ event: String) -> Int {
            program.output.components(separatedBy: "\"event\":\"\(event)\"").count - 1
        }
    }

    @Test func `curl and OpenSSL's client speak with the service, by the versions there are`()
        async throws
    {
        let certificates = try Certificates()
        let service = try await SecureService(certificates)
        let authority = certificates.certificate("ca")
        for version in ["1.2", "1.3"] {
            let answer = try await Curl.run(
                "--cacert", authority, "--tls-max", version, "--write-out", " %{http_version}",
                service.url())
            #expect(answer.text == "{\"status\":\"ok\"} 1.1")
        }
        #expect(try await Curl.run(service.url()).code == 60, "nobody vouches for it")
        let plain = try await Curl.run("--include", "http://localhost:\(service.port)/health")
        #expect(plain.text.hasPrefix("HTTP/1.1 400 ") && plain.text.contains("tlsExpected"))
        #expect(
            try await Curl.run("http://localhost:\(service.port)/", "--request", "BREW").code != 0)
        for (version, isSpoken) in [("-tls1_1", false), ("-tls1_2", true), ("-tls1_3", true)] {
            let outcome = try await openSSL(service, authority, version)
            #expect(outcome.text.contains("{\"status\":\"ok\"}") == isSpoken, "\(version)")
            // An end without farewell is a failure to this client.
            #expect(outcome.text.contains("error:") == !isSpoken, "\(outcome.text)")
        }
        // Of several in a second the others are counted.
        #expect(service.count("handshakeFailed") >= 1)
    }

    /// Asks by `openssl s_client`, which takes an end without farewell for a failure.
    private func openSSL(
        _ service: SecureService, _ authority: String, _ version: String
    ) async throws -> Curl.Outcome {
        let request = "GET /health HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n"
        return try await Curl.shell([
            "sh", "-c",
            "printf '\(request)' | timeout 60 openssl s_client -quiet -verify_quiet "
                + "-verify_return_error -cipher 'ALL:@SECLEVEL=0' -CAfile \(authority) \(version) "
                + "-connect localhost:\(service.port)",
        ])
    }

    @Test func `a client's certificate is asked for, and named in the log`() async throws {
        let certificates = try Certificates()
        try certificates.sign("ci", for: "DNS:ci")
        let authority = certificates.certificate("ca")
        let service = try await SecureService(certificates, "clientCaFile: \"\(authority)\"")
        let known = try await Curl.run(
            "--cacert", authority, "--cert", certificates.certificate("ci"), "--key",
            certificates.key("ci"), service.url())
        #expect(known.text == "{\"status\":\"ok\"}")
        #expect(
            await eventually {
                service.program.output.contains("\"clientCertificate\":\"CN=ci\"")
            })
        #expect(try await Curl.run("--cacert", authority, service.url()).code != 0)
    }

    @Test func `certificates change under traffic by SIGHUP, and wrong ones change nothing`()
        async throws
    {
        let certificates = try Certificates()
        let service = try await SecureService(certificates)
        let authority = certificates.certificate("ca")
        // One connection after the other, each of which has to succeed.
        let output = certificates.path("traffic")
        let traffic = try spawn(
            [
                "sh", "-c",
                "i=0; while [ $i -lt 100 ]; do i=$((i+1)); "
                    + "curl -sS --max-time 60 --cacert \(authority) \(service.url()) || echo lost; "
                    + "echo; done",
            ], output: output)
        for round in 1...4 {
            try certificates.sign("server", for: "DNS:localhost,DNS:round\(round)")
            service.program.signal(SIGHUP)
            #expect(await eventually { service.count("configuration reloaded") == round })
        }
        #expect(try await exitStatus(of: traffic) == 0)
        let lines = try String(contentsOfFile: output, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 100 && lines.allSatisfy { $0 == "{\"status\":\"ok\"}" })
        let url = "https://round4:\(service.port)/health"
        let resolving = ["--resolve", "round4:\(service.port):127.0.0.1", "--cacert", authority]
        #expect(try await Curl.shell(["curl", "-sS"] + resolving + [url]).code == 0)

        // The certificate of another key, as a renewal leaves it for a moment.
        try certificates.sign("other", for: "DNS:localhost")
        try FileManager.default.removeItem(atPath: certificates.key("server"))
        try FileManager.default.copyItem(
            atPath: certificates.key("other"), toPath: certificates.key("server"))
        service.program.signal(SIGHUP)
        #expect(await eventually { service.count("configuration not reloaded") == 1 })
        #expect(service.program.output.contains(":5:14: keyFile is not the key of"))
        #expect(try await Curl.shell(["curl", "-sS"] + resolving + [url]).code == 0)
    }

    @Test func `plain HTTP that others reach is warned of, unless a proxy is stated`()
        async throws
    {
        for (more, isWarned) in [
            ("host: 0.0.0.0", true), ("host: 127.0.0.1", false), ("host: localhost", false),
            ("host: 0.0.0.0, behindTlsProxy: true", false),
        ] {
            let folder = try TemporaryFolder()
            let path = folder.path("config.yaml")
            try """
            server: { port: 0, \(more) }
            storage: { path: "\(folder.path("store.db"))" }
            security: { apiToken: \(Service.administrator) }
            """.write(toFile: path, atomically: true, encoding: .utf8)
            let program = try Program(["serve", "--config", path])
            defer { program.end() }
            #expect(await eventually { program.output.contains("listening") })
            program.end()
            #expect(program.output.contains("plain HTTP on an address") == isWarned, "\(more)")
        }
    }
}

// MARK: Masters

extension TLSTests {
    private func cluster(_ url: URL, _ more: String) -> String {
        """
          - id: main
            baseUrl: "\(url.absoluteString)"
            serves: [{ tenantId: red, envId: dev }]
            \(more)
        """
    }

    @Test func `a master in TLS runs load when its cluster's authority is named, and only then`()
        async throws
    {
        let certificates = try Certificates()
        try certificates.sign("master", for: "DNS:localhost")
        var setup = LocustSetup()
        setup.locustfile = Scene.withoutHooks
        setup.tls = (certificates.certificate("master"), certificates.key("master"))
        try await withService { service in
            try await withLocust(setup) { locust in
                let client = service.client()
                try await service.serve(clusters: [cluster(locust.baseURL, "")])
                let untrusted = try await client.get("/v1/clusters?fresh=true")["items"]?.items
                #expect(untrusted?.first?["reachable"]?.bool == false)
                let message = untrusted?.first?["lastError"]?["message"]?.text ?? "nothing"
                #expect(message.contains("its certificate is not trusted"), "\(message)")

                let file = certificates.certificate("ca")
                try await service.serve(
                    clusters: [cluster(locust.baseURL, "tls: { caFile: \"\(file)\" }")])
                #expect(
                    try await eventually {
                        let items = try await client.get("/v1/clusters?fresh=true")["items"]?.items
                        return items?.first?["workers"]?.integer == 1
                    }, "\(service.log)")
                let answer = try await client.post(
                    "/v1/tests",
                    [
                        "name": "By TLS", "tenantId": "red", "envId": "dev",
                        "targetUrl": "http://127.0.0.1:9", "targetUsers": 2, "spawnRate": 2,
                        "durationSeconds": 300,
                    ])
                let id = try #require(answer["id"]?.text, "\(answer.body)")
                #expect(
                    try await eventually {
                        try await client.get("/v1/runs/\(id)")["state"]?.text == "Running"
                    }, "\(service.log)")
                _ = try await client.post("/v1/runs/\(id)/stop")
                #expect(
                    try await eventually {
                        try await client.get("/v1/runs/\(id)")["state"]?.text == "Finished"
                    }, "\(service.log)")
            }
        }
    }
}
