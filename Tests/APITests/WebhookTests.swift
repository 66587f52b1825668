import JSON
import TestSupport
import Testing

@testable import API
@testable import ControlPlane

/// Webhooks over the API: made, shown without their secrets, changed, and theirs alone.
struct WebhookTests {
    private static let token = "abcdefghij1234"
    private let service: TestService

    init() throws { service = try TestService() }

    private func make(
        _ changes: [String: JSONValue?] = [:], as caller: Caller = .admin
    ) async throws -> Answer {
        try await service.ask("POST", "/v1/webhooks", .webhook(changes), as: caller)
    }

    @Test func `a webhook is made with a secret that is shown once, and a URL that never is`()
        async throws
    {
        let made = try await make(["url": .string("https://hooks.example/in/\(Self.token)?k=1")])
        #expect(made.status == 201)
        let secret = try #require(made["/secret"]?.text)
        #expect(secret.hasPrefix("whsec_") && secret.count == 50)
        #expect(made["/receiver"] == "https://hooks.example/***")
        #expect(made["/enabled"] == true && made["/failures"] == 0)
        let path = "/v1/webhooks/\(try made.id())"
        #expect(made.header("Location") == path)
        for shown in [
            try await service.ask("GET", path, as: .admin),
            try await service.ask("GET", "/v1/webhooks", as: .admin),
            try await service.ask("GET", "/v1/audit", as: .admin),
            try await service.ask("PUT", path, ["name": "new"], as: .admin),
        ] {
            #expect(shown.status == 200)
            #expect(!shown.text.contains(Self.token) && !shown.text.contains(secret))
        }
        #expect(!service.log.lines.joined().contains(Self.token))
        #expect(!service.log.lines.joined().contains(secret))
    }

    @Test func `a repeated request gets the webhook without its secret`() async throws {
        let answers = try await [1, 2].asyncMap { _ in
            try await service.ask(
                "POST", "/v1/webhooks", .webhook(), as: .admin, headers: ["Idempotency-Key": "k"])
        }
        #expect(answers[0]["/secret"] != .null && answers[1]["/secret"] == .null)
        #expect(answers[0]["/id"] == answers[1]["/id"])
        let list = try await service.ask("GET", "/v1/webhooks", as: .admin)
        #expect(list["/items"]?.items?.count == 1)
    }

    @Test(
        arguments: [
            (["tenantId": "tenant-2"], "/tenantId"), (["envId": "prod"], "/envId"),
            (["loadTestId": "no-such"], "/loadTestId"), (["events": []], "/events"),
            (["events": ["run.paused"]], "/events/0"), (["url": nil], "/url"),
            (["kind": "slack", "url": "http://hooks.example/a"], "/url"),
            (["recipients": ["a@team.example"]], "/recipients"),
            (["kind": "email", "recipients": ["a@team.example"]], "/url"),
            (["kind": "email", "url": nil], "/recipients"),
            (["kind": "email", "url": nil, "recipients": ["no address"]], "/recipients/0"),
            (
                ["kind": "email", "url": nil, "recipients": ["a@elsewhere.example"]],
                "/recipients/0"
            ),
            (["name": "a\nb"], "/name"),
        ] as [([String: JSONValue?], String)])
    func `what is wrong with a webhook is told by field`(
        changes: [String: JSONValue?], pointer: String
    ) async throws {
        let answer = try await make(changes)
        #expect(answer.status == 422)
        let pointers = answer["/errors"]?.items?.compactMap { $0["pointer"]?.text }
        #expect(pointers == [pointer], "\(answer.text)")
    }

    @Test(arguments: [
        "http://127.0.0.1/", "http://169.254.169.254/latest", "http://10.0.0.1", "http://[::1]/",
        "http://0x7f.1/", "ftp://hooks.example", "https://user@hooks.example", "nonsense",
    ])
    func `a URL that may not be sent to is refused, when it is made and when it is changed`(
        url: String
    ) async throws {
        let made = try await make(["url": .string(url)])
        #expect(made.status == 422 && made.code == "targetNotAllowed", "\(made.text)")
        let path = "/v1/webhooks/\(try await make().id())"
        let changed = try await service.ask("PUT", path, ["url": .string(url)], as: .admin)
        #expect(changed.status == 422 && changed.code == "targetNotAllowed")
    }

    @Test func `a name that leads to a private address is refused`() async throws {
        let hosts = FakeHosts(["inside.example": [["203.0.113.1", "192.168.0.1"]]])
        let service = try TestService(hosts: hosts)
        let answer = try await service.ask(
            "POST", "/v1/webhooks", .webhook(["url": "https://inside.example/"]), as: .admin)
        #expect(answer.code == "targetNotAllowed")
    }

    @Test func `who names hosts for webhooks is no burden to those who start runs`() async throws {
        let (hosts, receivers) = (FakeHosts(), FakeHosts())
        let service = try TestService(hosts: hosts, receiverHosts: receivers)
        let answer = try await service.ask(
            "POST", "/v1/webhooks", .webhook(["url": "https://silent.example/"]), as: .admin)
        #expect(answer.status == 201)
        #expect(receivers.names == ["silent.example"] && hosts.names.isEmpty)
    }

    @Test func `a secret is rotated, and only where there is one`() async throws {
        let made = try await make()
        let path = "/v1/webhooks/\(try made.id())/rotate-secret"
        let rotated = try await service.ask("POST", path, as: .admin)
        #expect(rotated.status == 200)
        #expect(rotated["/secret"]?.text != made["/secret"]?.text)
        let slack = try await make(["kind": "slack"])
        #expect(slack["/secret"] == .null)
        let refused = try await service.ask(
            "POST", "/v1/webhooks/\(try slack.id())/rotate-secret", as: .admin)
        #expect(refused.code == "notSigned")
    }

    @Test func `what a run does is in the log of deliveries, and can be delivered anew`()
        async throws
    {
        let id = try await make().id()
        let run = try await service.startRun()
        try await service.begin(run)
        try await service.end(run)
        let path = "/v1/webhooks/\(id)/deliveries"
        let list = try await service.ask("GET", path, as: .admin)
        let types = list["/items"]?.items?.compactMap { $0["type"]?.text } ?? []
        #expect(Set(types) == ["run.started", "run.finished"])
        let delivery = try #require(list["/items/0/id"]?.text)
        let one = try await service.ask("GET", "\(path)/\(delivery)", as: .admin)
        #expect(one["/data/run/id"] == .string(run) && one["/attempts"] == [])
        let again = try await service.ask("POST", "\(path)/\(delivery)/redeliver", as: .admin)
        #expect(again.status == 202 && again["/id"] == .string(delivery))
        #expect(again["/state"] == "pending")
        let unknown = try await service.ask("POST", "\(path)/none/redeliver", as: .admin)
        #expect(unknown.status == 404)
    }

    @Test func `a test is sent whatever the webhook is for`() async throws {
        let id = try await make(["events": ["cluster.lost"]]).id()
        let sent = try await service.ask("POST", "/v1/webhooks/\(id)/test", as: .admin)
        #expect(sent.status == 202 && sent["/type"] == "webhook.test")
        let records = try await service.ask("GET", "/v1/audit", as: .admin)
        let actions = records["/items"]?.items?.compactMap { $0["action"]?.text }
        #expect(actions?.first == "webhook.test")
    }

    @Test func `a tenant has so many webhooks and no more`() async throws {
        for _ in 0..<Webhook.countMax { #expect(try await make().status == 201) }
        let answer = try await make()
        #expect(answer.status == 409 && answer.code == "tooManyWebhooks")
        let other = try await make(["tenantId": "tenant-2"], as: .administrator)
        #expect(other.status == 201)
    }

    @Test func `who is of one environment makes and sees webhooks of that one alone`() async throws
    {
        let (_, admin) = try await service.issue(
            .token("dev", ["role": "admin", "envIds": ["dev"]]))
        #expect(try await make(as: admin).status == 422)
        #expect(try await make(["envId": "staging"], as: admin).status == 422)
        let own = try await make(["envId": "dev"], as: admin)
        let id = try own.id()
        let wide = try await make().id()
        let path = "/v1/webhooks/\(wide)"
        #expect(try await service.ask("GET", path, as: admin).status == 404)
        #expect(try await service.ask("DELETE", path, as: admin).status == 404)
        let seen = try await service.ask("GET", "/v1/webhooks", as: admin)
        #expect(seen.ids == [id])
    }

    @Test func `without a key nothing secret is stored`() async throws {
        let service = try TestService(encrypts: false)
        let answer = try await service.ask("POST", "/v1/webhooks", .webhook(), as: .admin)
        #expect(answer.status == 409 && answer.code == "noEncryptionKey")
    }

    @Test func `an e-mail has its recipients once, and no secret`() async throws {
        let answer = try await make([
            "kind": "email", "url": nil,
            "recipients": ["a@team.example", "b@team.example", "a@team.example"],
        ])
        #expect(answer.status == 201 && answer["/secret"] == .null)
        #expect(answer["/recipients"] == ["a@team.example", "b@team.example"])
        #expect(answer["/receiver"] == .null)
    }
}

extension [Int] {
    fileprivate func asyncMap<T>(_ body: (Int) async throws -> T) async rethrows -> [T] {
        var results: [T] = []
        for element in self { results.append(try await body(element)) }
        return results
    }
}
