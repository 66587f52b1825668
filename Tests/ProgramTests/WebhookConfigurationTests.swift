import Testing
import Webhooks

@testable import swarmkeeper

/// Receivers and the mail server, as the configuration says them.
struct WebhookConfigurationTests {
    private static let text = """
        security: { apiToken: 12345678 }
        webhooks: { allow: [hooks.slack.com, 10.1.0.0/16], caFile: ca.pem }
        smtp:
          host: mail.example
          tls: implicit
          user: keeper
          password: "${PASSWORD}"
          from: keeper@shop.example
          caFile: mail.pem
          recipientDomains: [shop.example]

        """

    @Test func `it is read, printed without its password, and reads back`() throws {
        let configuration = try Sample.read(Self.text, ["PASSWORD": "password of ours"])
        #expect(
            configuration.catalog.receivers.map(\.description) == [
                "hooks.slack.com", "10.1.0.0/16",
            ])
        #expect(configuration.webhookAuthorityFile == "ca.pem")
        let smtp = try #require(configuration.smtp)
        #expect(smtp.host == "mail.example" && smtp.port == 465 && smtp.security == .implicit)
        #expect(smtp.user == "keeper" && smtp.password == "password of ours")
        #expect(smtp.recipientDomains == ["shop.example"])
        #expect(configuration.secrets.contains("password of ours"))
        var printed = configuration.printed
        #expect(!printed.contains("password of ours"))
        for secret in ["12345678", "password of ours"] {
            printed = printed.replacing("***", with: secret, maxReplacements: 1)
        }
        #expect(try Sample.read(printed, [:]) == configuration)
    }

    @Test func `the port follows from how TLS is spoken`() throws {
        for (tls, port) in [("starttls", 587), ("implicit", 465), ("none", 25)] {
            let text =
                "security: { apiToken: 12345678 }\nsmtp: { host: m, tls: \(tls), from: a@x.org }\n"
            #expect(try Sample.read(text, [:]).smtp?.port == port)
        }
    }

    @Test(arguments: [
        ("smtp: { host: m }", "c.yaml:2:7: from is missing"),
        (
            "smtp: { host: m, from: nobody }",
            "c.yaml:2:24: from must be an address such as swarmkeeper@example.org"
        ),
        (
            "smtp: { host: m, from: a@x.org, tls: none, user: u, password: p }",
            "c.yaml:2:38: a password is sent with tls: starttls or implicit only"
        ),
        (
            "smtp: { host: m, from: a@x.org, recipientDomains: [\"a b\"] }",
            "c.yaml:2:52: recipientDomains must be such as example.org"
        ),
        (
            "webhooks: { allow: [\"a b\"] }",
            "c.yaml:2:21: allow: a b "
        ),
        ("webhooks: { alow: [x] }", "c.yaml:2:13: unknown key alow; did you mean allow?"),
    ])
    func `a mistake is told with its place`(text: String, message: String) {
        let error = #expect(throws: ConfigurationError.self) {
            try Sample.read("security: { apiToken: 12345678 }\n\(text)\n", [:])
        }
        let lines = error?.lines ?? []
        #expect(lines.count == 1 && lines.first?.hasPrefix(message) == true, "\(lines)")
    }
}
