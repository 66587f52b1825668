import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import Webhooks

/// Mail, to a server that is nothing of ours.
struct MailTests {
    private static let certificates = Result {
        let certificates = try Certificates()
        try certificates.sign("mail", for: "IP:127.0.0.1")
        try certificates.selfSign("self", for: "IP:127.0.0.1")
        return certificates
    }

    private static let account = ["--user", "keeper", "--password", "password-of-ours"]

    private func server(
        _ tls: SMTPSettings.Security, _ arguments: [String] = [], as name: String = "mail"
    ) async throws -> ReceiverProcess {
        let certificates = try Self.certificates.get()
        return try await ReceiverProcess(
            "mail",
            [
                "--tls", tls.rawValue, "--certificate", certificates.certificate(name), "--key",
                certificates.key(name),
            ] + arguments)
    }

    private func settings(_ server: ReceiverProcess, _ tls: SMTPSettings.Security) throws
        -> SMTPSettings
    {
        var settings = SMTPSettings(
            host: "127.0.0.1", port: server.port, from: "keeper@shop.example")
        settings.security = tls
        settings.caFile = try Self.certificates.get().certificate("ca")
        return settings
    }

    private func send(
        by settings: SMTPSettings?, to recipients: [String] = ["team@shop.example"],
        _ notice: Notice = .sample(), tries: Int = 0, age: Duration = .zero
    ) async -> AttemptOutcome {
        let time = ManualTime(start: notice.at.addingTimeInterval(age / .seconds(1)))
        return await MailNoticeSender(
            settings: settings, publicURL: "https://keeper.example", time: time
        ).send(.sample(to: .sample("m", .email, recipients: recipients), notice, tries: tries))
    }

    @Test(arguments: [SMTPSettings.Security.startTLS, .implicit], ["PLAIN", "LOGIN"])
    func `a message arrives as it is meant, over TLS and with a password`(
        tls: SMTPSettings.Security, mechanism: String
    ) async throws {
        let server = try await server(tls, Self.account + ["--mechanisms", mechanism])
        var settings = try settings(server, tls)
        (settings.user, settings.password) = ("keeper", "password-of-ours")
        let outcome = await send(
            by: settings, to: ["a@shop.example", "refused@shop.example"],
            .sample(
                name: "Zahlung für 🛒\r\nBcc: x@evil.example", labels: ["branch": "main"]))
        #expect(outcome.status == 250 && outcome.failure == nil, "\(outcome) \(server.text)")
        #expect(outcome.excerpt == "taken; refused: refused@shop.example (550)")
        #expect(await eventually { server.received.count == 1 })
        let message = try #require(server.received.first)
        #expect(message["recipients"] as? [String] == ["a@shop.example"])
        #expect(message["sender"] as? String == "keeper@shop.example")
        #expect(message["user"] as? String == "keeper")
        #expect(message["isSecure"] as? Bool == true)
        let headers = try #require(message["headers"] as? [String: String])
        #expect(
            headers["Subject"] == "[swarmkeeper] Failed: Zahlung für 🛒  Bcc: x@evil.example")
        #expect(headers["Bcc"] == nil)
        #expect(headers["Message-ID"] == "<delivery-1@shop.example>")
        let text = try #require(message["text"] as? String)
        #expect(text.contains("\nLabels: branch: main"))
        #expect(text.contains("Broken: p95 < 300ms: was 512ms"))
        #expect(text.contains("https://keeper.example/#/runs/run-1"))
    }

    @Test func `without TLS it goes to a server that asks for no password`() async throws {
        let server = try await server(.none)
        let outcome = await send(by: try settings(server, .none))
        #expect(outcome.status == 250, "\(outcome)")
    }

    @Test func `a server that offers no STARTTLS is told nothing`() async throws {
        let server = try await server(.none)
        let outcome = await send(by: try settings(server, .startTLS))
        #expect(
            outcome.failure == "the server offers no STARTTLS, and nothing is sent in clear")
        #expect(server.received.isEmpty)
    }

    @Test func `what is said in clear before TLS is not listened to behind it`() async throws {
        let server = try await server(.startTLS, ["--injects"])
        let outcome = await send(by: try settings(server, .startTLS))
        #expect(outcome.failure == "the server goes on in clear before TLS")
    }

    @Test(arguments: [SMTPSettings.Security.startTLS, .implicit])
    func `a server that nobody vouches for is told nothing`(tls: SMTPSettings.Security)
        async throws
    {
        let server = try await server(tls, Self.account, as: "self")
        var settings = try settings(server, tls)
        (settings.user, settings.password) = ("keeper", "password-of-ours")
        let outcome = await send(by: settings)
        #expect(outcome.failure?.contains("certificate") == true, "\(outcome)")
        #expect(server.received.isEmpty)
    }

    @Test func `a wrong password is told without the password`() async throws {
        let server = try await server(.startTLS, Self.account)
        var settings = try settings(server, .startTLS)
        (settings.user, settings.password) = ("keeper", "wrong-password")
        let outcome = await send(by: settings)
        #expect(outcome.status == 535)
        #expect(outcome.failure == "AUTH PLAIN: 535 wrong password ***")
    }

    @Test(arguments: ["PLAIN", "LOGIN"])
    func `a server that quotes what it was told gives nothing of the password away`(
        mechanism: String
    ) async throws {
        let server = try await server(
            .startTLS, Self.account + ["--mechanisms", mechanism, "--quotes"])
        var settings = try settings(server, .startTLS)
        // Of a length that base64 fills up.
        (settings.user, settings.password) = ("keeper", "wrong-password!!")
        let failure = try #require(await send(by: settings).failure)
        #expect(failure.hasPrefix("AUTH ") && failure.contains("what is ***"), "\(failure)")
        let password = Data("wrong-password!!".utf8).base64EncodedString().prefix(20)
        let proof = Data("\0keeper\0wrong-password!!".utf8).base64EncodedString().prefix(20)
        #expect(!failure.contains(password) && !failure.contains(proof))
    }

    @Test func `who is greylisted gets the message, too, and nobody gets it twice`() async throws {
        let server = try await server(.none)
        let settings = try settings(server, .none)
        let recipients = ["a@shop.example", "later@shop.example"]
        let first = await send(by: settings, to: recipients)
        #expect(first.status == 451)
        #expect(first.failure == "RCPT TO:<later@shop.example>: 451 come again")
        // The server knows it by now.
        let second = await send(by: settings, to: recipients, tries: 1)
        #expect(second == AttemptOutcome(status: 250, excerpt: "taken"))
        #expect(await eventually { server.received.count == 1 })
        #expect(server.received.first?["recipients"] as? [String] == recipients)
    }

    @Test func `who is put off for good, or has a full mailbox, delays others no longer`()
        async throws
    {
        let server = try await server(.none)
        let settings = try settings(server, .none)
        let never = ["a@shop.example", "never@shop.example"]
        let last = MailNoticeSender.earlyTries
        #expect(await send(by: settings, to: never, tries: last - 1).status == 451)
        let taken = await send(by: settings, to: never, tries: last)
        #expect(taken.excerpt == "taken; refused: never@shop.example (451)")
        let late = await send(by: settings, to: never, age: MailNoticeSender.earlyAge)
        #expect(late.excerpt == "taken; refused: never@shop.example (451)")
        let full = await send(by: settings, to: ["a@shop.example", "full@shop.example"])
        #expect(full.excerpt == "taken; refused: full@shop.example (452)")
    }

    @Test func `when nobody of the recipients is taken, the message is not`() async throws {
        let server = try await server(.none)
        let outcome = await send(by: try settings(server, .none), to: ["refused@shop.example"])
        #expect(outcome.status == 550)
        #expect(outcome.failure == "RCPT TO:<refused@shop.example>: 550 no such mailbox")
    }

    @Test func `who waits for a server that says nothing can be told to stop`() async throws {
        let server = try await server(.none, ["--hangs"])
        let settings = try settings(server, .none)
        let task = Task { await send(by: settings) }
        task.cancel()
        #expect(await task.value.failure == "cut off")
    }

    @Test func `without a mail server, or with none of the recipients allowed, nothing is sent`()
        async throws
    {
        #expect(await send(by: nil).failure == "no mail server is configured: smtp")
        var settings = SMTPSettings(host: "127.0.0.1", port: 9, from: "k@shop.example")
        settings.recipientDomains = ["other.example"]
        let outcome = await send(by: settings)
        #expect(outcome.failure == "smtp.recipientDomains allows none of the recipients")
    }
}
