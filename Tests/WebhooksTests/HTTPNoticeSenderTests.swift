import Addresses
import ControlPlane
import Foundation
import JSON
import Locust
import Networking
import TestSupport
import Testing

@testable import Webhooks

/// Deliveries by HTTP, to a server on this machine.
struct HTTPNoticeSenderTests {
    private let receiver: HookReceiver
    private let time = ManualTime()

    init() throws { receiver = try HookReceiver() }

    private func send(
        _ host: String = "127.0.0.1", _ path: String = "/taken", _ webhook: Webhook = .sample(),
        hosts: [String: [[String]]] = [:], rules: TargetRules? = .loopback
    ) async -> AttemptOutcome {
        let sender = HTTPNoticeSender(
            transport: SocketTransport(), hosts: FakeHosts(hosts), rules: { _ in rules },
            publicURL: "", version: "1", time: time)
        let outcome = await sender.send(
            .sample(to: webhook, url: "http://\(host):\(receiver.port)\(path)"))
        return outcome
    }

    @Test func `a delivery has the headers of Standard Webhooks, and the body that was signed`()
        async throws
    {
        #expect(await send() == AttemptOutcome(status: 200, excerpt: "thanks"))
        let request = try #require(receiver.requests.first)
        let timestamp = Int(time.now.timeIntervalSince1970)
        #expect(request.headers["webhook-id"] == "delivery-1")
        #expect(request.headers["webhook-timestamp"] == "\(timestamp)")
        #expect(
            request.headers["webhook-signature"]
                == WebhookSignature.header(
                    id: "delivery-1", timestamp: timestamp, body: request.body,
                    secrets: [WebhookSecrets.signing(of: [UInt8](repeating: 7, count: 32))]))
        #expect(request.headers["Content-Type"] == "application/json")
        #expect(try JSONReader.document(request.body)["type"] == .string("run.verdict"))
        await receiver.shutdown()
    }

    @Test func `Slack and Teams are sent no signature`() async {
        for kind in [Webhook.Kind.slack, .teams] {
            #expect(await send("127.0.0.1", "/taken", .sample("h", kind)).failure == nil)
        }
        #expect(receiver.requests.allSatisfy { $0.headers["webhook-signature"] == nil })
        await receiver.shutdown()
    }

    @Test func `a redirect is not followed`() async {
        let outcome = await send("127.0.0.1", "/moved")
        #expect(outcome.status == 307)
        #expect(outcome.failure == "HTTP 307: redirects are not followed")
        #expect(receiver.requests.count == 1)
        await receiver.shutdown()
    }

    @Test func `of an answer that is long only the beginning is read`() async {
        let outcome = await send("127.0.0.1", "/long")
        #expect(outcome.status == 200 && outcome.failure == nil)
        #expect(outcome.excerpt == String(repeating: "x", count: Attempt.excerptBytesMax))
        await receiver.shutdown()
    }

    @Test(arguments: [
        "127.0.0.1", "169.254.169.254", "10.0.0.1", "192.168.1.1", "172.16.0.1", "0.0.0.0",
        "100.64.0.1", "[::1]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]",
        "[64:ff9b::a9fe:a9fe]",
    ])
    func `private, link-local and metadata addresses are refused before any connection`(
        host: String
    ) async {
        let outcome = await send(
            host, rules: TargetRules([TargetRules.Layer(owner: "tenant shop")]))
        #expect(outcome.failure?.hasPrefix("not sent: ") == true, "\(outcome)")
        #expect(outcome.status == nil && receiver.requests.isEmpty)
        await receiver.shutdown()
    }

    @Test func `a name is judged by the addresses that it has at that moment`() async {
        let open = TargetRules([TargetRules.Layer(owner: "tenant shop")])
        let turned = ["hooks.example": [["127.0.0.1"]]]
        let refused = await send("hooks.example", hosts: turned, rules: open)
        #expect(refused.failure?.contains("leads to 127.0.0.1") == true)
        // One that is not allowed is enough, wherever it stands.
        let mixed = ["hooks.example": [["203.0.113.7", "169.254.169.254"]]]
        let other = await send("hooks.example", hosts: mixed, rules: open)
        #expect(other.failure?.contains("169.254.169.254") == true)
        #expect(receiver.requests.isEmpty)
        let allowed = await send("hooks.example", hosts: turned)
        #expect(allowed.failure == nil && receiver.requests.count == 1)
        // The name stays what the receiver is asked for.
        #expect(receiver.requests.first?.headers["Host"]?.hasPrefix("hooks.example:") == true)
        await receiver.shutdown()
    }

    @Test func `a name that leads nowhere, and a tenant that is gone, fail in words`() async {
        let lost = await send("hooks.example", hosts: ["hooks.example": [[]]])
        #expect(lost.failure == "resolve hooks.example: no such host")
        #expect(await send(rules: nil).failure == "the tenant is configured no more")
        await receiver.shutdown()
    }

    @Test func `a server that nobody vouches for is not told anything`() async throws {
        let certificates = try Certificates()
        try certificates.selfSign("self", for: "IP:127.0.0.1")
        let server = try await TLSServerProcess("self", of: certificates)
        let sender = HTTPNoticeSender(
            transport: SocketTransport(), hosts: FakeHosts(), rules: { _ in .loopback },
            publicURL: "", version: "1", time: time)
        let outcome = await sender.send(.sample(url: "https://127.0.0.1:\(server.port)/"))
        #expect(outcome.failure?.contains("not trusted") == true, "\(outcome)")
        await receiver.shutdown()
    }

    @Test func `who vouches for receivers is read anew when it is said`() async throws {
        let (old, new) = (try Certificates(), try Certificates())
        try new.sign("server", for: "IP:127.0.0.1")
        let server = try HookReceiver(
            tls: TLSServerSettings(
                certificateFile: new.certificate("server"), keyFile: new.key("server")))
        let file = old.path("trusted.pem")
        try FileManager.default.copyItem(atPath: old.certificate("ca"), toPath: file)
        let senders = NoticeSenders(
            hosts: FakeHosts(), publicURL: "", caFile: file, smtp: nil, version: "1", time: time
        ) { _ in .loopback }
        let delivery = DueDelivery.sample(url: "https://127.0.0.1:\(server.port)/taken")
        let refused = await senders.send(delivery)
        #expect(refused.failure?.contains("not trusted") == true, "\(refused)")
        try FileManager.default.removeItem(atPath: file)
        try FileManager.default.copyItem(atPath: new.certificate("ca"), toPath: file)
        senders.forgetTLSFiles()
        #expect(await senders.send(delivery) == AttemptOutcome(status: 200, excerpt: "thanks"))
        for one in [receiver, server] { await one.shutdown() }
    }

    @Test func `errors give nothing of the URL away`() async {
        let path = "/services/T0123456/abcdefghij1234"
        for host in ["127.0.0.1", "10.0.0.1"] {
            let outcome = await send(host, path)
            #expect(outcome.failure != nil)
            #expect(!"\(outcome)".contains("abcdefghij1234"), "\(outcome)")
        }
        await receiver.shutdown()
    }
}
