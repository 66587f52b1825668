import Foundation
import FoundationNetworking
import JSON
import TestSupport
import Testing

/// Webhooks by the whole program, to a receiver that is nothing of ours.
@Suite(.timeLimit(.minutes(10)))
struct WebhookTests {
    /// A webhook of tenant red, and who receives it.
    private struct Hook {
        let receiver: ReceiverProcess
        let client: Client
        let id: String

        /// All events of tenant red.
        init(_ service: Service, _ kind: String = "json") async throws {
            receiver = try await ReceiverProcess("hooks")
            client = service.client(Service.token("red", "admin"))
            let answer = try await client.post(
                "/v1/webhooks",
                [
                    "tenantId": "red", "name": "End to end", "kind": kind,
                    "url": "http://127.0.0.1:\(receiver.port)/in",
                    "events": [
                        "run.started", "run.finished", "run.verdict", "loadtest.became-failed",
                        "loadtest.became-passed", "cluster.lost",
                    ],
                ])
            id = try #require(answer["id"]?.text, "\(answer.body)")
            try await tell("secret", try #require(answer["secret"]?.text))
        }

        /// Sets the secret that the receiver checks by, or what it answers next.
        func tell(_ what: String, _ text: String) async throws {
            let url = try #require(URL(string: "http://127.0.0.1:\(receiver.port)/\(what)"))
            var request = URLRequest(url: url)
            request.httpMethod = "PUT"
            request.httpBody = Data(text.utf8)
            _ = try await URLSession.shared.data(for: request)
        }

        func received(_ type: String) -> [[String: any Sendable]] {
            receiver.received.filter {
                ($0["body"] as? [String: any Sendable])?["type"] as? String == type
            }
        }

        var types: [String] {
            receiver.received.compactMap {
                ($0["body"] as? [String: any Sendable])?["type"] as? String
            }
        }

        func deliveries() async throws -> [JSONValue] {
            try await client.get("/v1/webhooks/\(id)/deliveries?limit=100")["items"]?.items ?? []
        }
    }

    @Test func `a run is told of in its order, signed, once, and judged against the one before`()
        async throws
    {
        try await withNativeScene { scene in
            let hook = try await Hook(scene.service)
            let test = try await scene.service.client().post(
                "/v1/load-tests",
                [
                    "name": "Told", "tenantId": "red", "envId": "dev",
                    "targetUrl": scene.target.url, "thresholds": ["count < 1"],
                ])
            let testID = try #require(test["id"]?.text, "\(test.body)")
            let run = try await scene.service.client().post(
                "/v1/load-tests/\(testID)/runs", ["durationSeconds": 3])
            let over = try await scene.over(try #require(run["id"]?.text, "\(run.body)"))
            var wanted = ["run.started", "run.finished", "run.verdict"]
            if over["verdict"]?.text == "failed" { wanted.append("loadtest.became-failed") }
            #expect(await eventually { hook.types.count >= wanted.count }, "\(scene.service.log)")
            #expect(hook.types == wanted)
            #expect(hook.receiver.received.allSatisfy { $0["isSigned"] as? Bool == true })
            let ids = hook.receiver.received.compactMap { $0["id"] as? String }
            #expect(Set(ids).count == wanted.count)
            let isLogged = try await eventually {
                try await hook.deliveries().allSatisfy { $0["state"]?.text == "delivered" }
            }
            #expect(isLogged)
            let last = try await hook.deliveries().first?["lastAttempt"]
            #expect(last?["status"]?.integer == 200 && last?["excerpt"]?.text == "answered")
            let figures = try await scene.service.client().get("/v1/webhooks/\(hook.id)")
            #expect(figures["failures"]?.integer == 0)
        }
    }

    @Test func `what a killed service was just delivering the next one delivers, under one id`()
        async throws
    {
        try await withNativeScene { scene in
            let hook = try await Hook(scene.service)
            let id = try await scene.start(seconds: 600)
            _ = try await scene.running(id)
            #expect(await eventually { hook.types == ["run.started"] })
            try await hook.tell("answers", "hang,200")
            _ = try await scene.service.client().post("/v1/runs/\(id)/stop")
            #expect(await eventually { hook.received("run.finished").count == 1 })
            scene.service.crash()
            try await scene.service.restart()
            #expect(await eventually { hook.received("run.finished").count == 2 })
            let ids = hook.received("run.finished").compactMap { $0["id"] as? String }
            #expect(Set(ids).count == 1)
            #expect(hook.receiver.received.allSatisfy { $0["isSigned"] as? Bool == true })
            #expect(hook.received("run.started").count == 1)
        }
    }

    @Test func `a run that dies with its service is told of by the next one`() async throws {
        try await withNativeScene { scene in
            let hook = try await Hook(scene.service)
            let id = try await scene.start(seconds: 600)
            _ = try await scene.running(id)
            // Nobody takes anything before the service dies.
            try await hook.tell("answers", "500,200")
            scene.service.crash()
            try await scene.service.restart()
            _ = try await scene.over(id)
            #expect(await eventually { hook.received("run.finished").count >= 1 })
            let isOver = try await eventually {
                let states = try await hook.deliveries().map { $0["state"]?.text }
                return !states.isEmpty && states.allSatisfy { $0 == "delivered" }
            }
            #expect(isOver, "\(scene.service.log)")
            let ids = hook.received("run.finished").compactMap { $0["id"] as? String }
            #expect(Set(ids).count == 1)
        }
    }

    @Test func `redirects are not followed, and no delivery leaves the allowed addresses`()
        async throws
    {
        try await withService { service in
            let hook = try await Hook(service)
            try await hook.tell("answers", "307")
            let sent = try await hook.client.call("POST", "/v1/webhooks/\(hook.id)/test")
            let delivery = try #require(sent["id"]?.text, "\(sent.body)")
            let path = "/v1/webhooks/\(hook.id)/deliveries/\(delivery)"
            let isTried = try await eventually {
                try await hook.client.get(path)["attempts"]?.items?.isEmpty == false
            }
            #expect(isTried)
            let attempt = try await hook.client.get(path)["attempts"]?.items?.first
            #expect(attempt?["status"]?.integer == 307)
            #expect(hook.receiver.received.allSatisfy { $0["path"] as? String == "/in" })
            for url in ["http://10.0.0.1/", "http://169.254.169.254/", "http://localhost.evil/"] {
                let refused = try await hook.client.call(
                    "PUT", "/v1/webhooks/\(hook.id)", ["url": url])
                // A name without an address is refused when it is to be sent to.
                #expect(url.contains("evil") || refused.status == 422, "\(refused.body)")
            }
            #expect(!service.log.contains("/in"), "no URL of a receiver is in the log")
        }
    }

    @Test func `who vouches for receivers is read anew at SIGHUP`() async throws {
        let (old, new) = (try Certificates(), try Certificates())
        try new.sign("server", for: "IP:127.0.0.1")
        let receiver = try await ReceiverProcess(
            "hooks",
            ["--certificate", new.certificate("server"), "--key", new.key("server")])
        let file = old.path("trusted.pem")
        try FileManager.default.copyItem(atPath: old.certificate("ca"), toPath: file)
        try await withService(auth: .init(text: "webhooks: { caFile: \"\(file)\" }\n")) { service in
            let client = service.client(Service.token("red", "admin"))
            let made = try await client.post(
                "/v1/webhooks",
                [
                    "tenantId": "red", "name": "By TLS", "kind": "json",
                    "url": "https://127.0.0.1:\(receiver.port)/in", "events": ["run.finished"],
                ])
            let id = try #require(made["id"]?.text, "\(made.body)")
            let sent = try await client.call("POST", "/v1/webhooks/\(id)/test")
            let path = "/v1/webhooks/\(id)/deliveries/\(sent["id"]?.text ?? "")"
            let isRefused = try await eventually {
                let attempt = try await client.get(path)["attempts"]?.items?.first
                return attempt?["failure"]?.text?.contains("not trusted") == true
            }
            #expect(isRefused, "\(service.log)")
            try FileManager.default.removeItem(atPath: file)
            try FileManager.default.copyItem(atPath: new.certificate("ca"), toPath: file)
            service.program.signal(SIGHUP)
            #expect(await eventually { service.log.contains("configuration reloaded") })
            _ = try await client.call("POST", "\(path)/redeliver")
            let isDelivered = try await eventually {
                try await client.get(path)["state"]?.text == "delivered"
            }
            #expect(isDelivered, "\(service.log)")
            #expect(receiver.received.count == 1)
        }
    }

    @Test func `mail goes out by the configured server`() async throws {
        let mail = try await ReceiverProcess("mail", ["--tls", "none"])
        let smtp = """
            smtp:
              host: 127.0.0.1
              port: \(mail.port)
              tls: none
              from: keeper@shop.example

            """
        try await withService(auth: .init(text: smtp)) { service in
            let client = service.client(Service.token("red", "admin"))
            let made = try await client.post(
                "/v1/webhooks",
                [
                    "tenantId": "red", "name": "Team", "kind": "email",
                    "recipients": ["team@shop.example"], "events": ["run.finished"],
                ])
            let id = try #require(made["id"]?.text, "\(made.body)")
            _ = try await client.call("POST", "/v1/webhooks/\(id)/test")
            #expect(await eventually { mail.received.count == 1 })
            let headers = mail.received.first?["headers"] as? [String: String]
            #expect(headers?["Subject"] == "[swarmkeeper] Test of the webhook Team")
        }
    }
}
