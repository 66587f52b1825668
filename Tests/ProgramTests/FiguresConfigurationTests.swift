import API
import Testing

@testable import swarmkeeper

/// Who may see figures, and where they are sent, as the configuration says it.
struct FiguresConfigurationTests {
    private static let text = """
        security: { apiToken: 12345678 }
        metrics: { access: open, token: scrape-token, endpointsPerRun: 7 }
        telemetry:
          otlp:
            endpoint: "https://collector.example:4318/"
            intervalSeconds: 2.5
            caFile: ca.pem
            headers:
              - { name: api-key, value: "${KEY}" }

        """

    @Test func `it is read, printed without its secrets, and reads back`() throws {
        let configuration = try Sample.read(Self.text, ["KEY": "secret of mine"])
        #expect(configuration.metrics.access == .open)
        #expect(configuration.metrics.endpointsPerRun == 7)
        #expect(configuration.metrics.token == "scrape-token")
        let telemetry = try #require(configuration.otlp)
        #expect(telemetry.endpoint == "https://collector.example:4318")
        #expect(telemetry.interval == .milliseconds(2_500))
        #expect(telemetry.headers == [.init(name: "api-key", value: "secret of mine")])
        #expect(configuration.secrets.contains("secret of mine"))
        #expect(configuration.secrets.contains("scrape-token"))
        var printed = configuration.printed
        #expect(!printed.contains("secret of mine") && !printed.contains("scrape-token"))
        for secret in ["12345678", "scrape-token", "secret of mine"] {
            printed = printed.replacing("***", with: secret, maxReplacements: 1)
        }
        #expect(try Sample.read(printed, [:]) == configuration)
    }

    @Test func `nothing of it is the usual`() throws {
        let configuration = try Sample.read("security: { apiToken: 12345678 }\n", [:])
        #expect(configuration.metrics == MetricsSettings() && configuration.otlp == nil)
        #expect(configuration.metrics.access == .token)
        #expect(!configuration.printed.contains("metrics:"))
    }

    @Test(arguments: [
        (
            "metrics: { access: all }",
            "c.yaml:2:20: access must be one of token, open, not all"
        ),
        (
            "metrics: { endpointsPerRun: 1001 }",
            "c.yaml:2:29: endpointsPerRun must be a whole number between 0 and 1000"
        ),
        (
            "metrics: { token: 12345678 }",
            "c.yaml:2:19: token is the same secret as another token's"
        ),
        ("metrics: { tokn: x }", "c.yaml:2:12: unknown key tokn; did you mean token?"),
        ("telemetry: { otlp: {} }", "c.yaml:2:20: endpoint is missing"),
        (
            "telemetry: { otlp: { endpoint: collector } }",
            "c.yaml:2:32: endpoint must be an http or https URL such as http://127.0.0.1:8089"
        ),
        (
            "telemetry: { otlp: { endpoint: \"http://c\", intervalSeconds: 0.5 } }",
            "c.yaml:2:61: intervalSeconds must be a number of seconds between 1.0 and 3600.0"
        ),
        (
            "telemetry: { otlp: { endpoint: \"http://c\", "
                + "headers: [{ name: \"a b\", value: c }] } }",
            "c.yaml:2:62: a b is no name of a header"
        ),
        (
            "telemetry: { otlp: { endpoint: \"http://c\", "
                + "headers: [{ name: Host, value: c }] } }",
            "c.yaml:2:62: the header Host is set by the service itself"
        ),
        (
            "telemetry: { otlp: { endpoint: \"http://c\", "
                + "headers: [{ name: a, value: \"b\\n\" }] } }",
            "c.yaml:2:72: the value of a header must be printable ASCII"
        ),
    ])
    func `mistakes are told with their place`(text: String, problem: String) {
        let problems = Sample.problems(in: "security: { apiToken: 12345678 }\n" + text)
        #expect(problems == [problem])
    }
}
