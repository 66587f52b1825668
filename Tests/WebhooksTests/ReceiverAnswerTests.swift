import ControlPlane
import Foundation
import Locust
import TestSupport
import Testing

@testable import Webhooks

struct ReceiverAnswerTests {
    private static let url = "https://hooks.slack.example/services/T0123456/B0123456/abcdefghij1234"
    private let mask = ReceiverMask(
        WebhookSecrets(url: url, signing: "whsec_AAECAwQFBgcICQoLDA0ODw=="))

    private func outcome(
        _ status: Int, _ body: [UInt8] = [], retryAfter: String? = nil
    ) -> AttemptOutcome {
        ReceiverAnswer.outcome(
            of: TransportAnswer(
                status: status, headers: retryAfter.map { ["Retry-After": $0] } ?? [:],
                body: body), mask, at: epoch)
    }

    @Test(arguments: [200, 201, 202, 204, 299])
    func `every 2xx takes the delivery`(status: Int) {
        #expect(outcome(status) == AttemptOutcome(status: status))
    }

    @Test(arguments: [199, 301, 302, 307, 400, 404, 410, 429, 500, 503])
    func `everything else fails, a redirect too, and 410 for good`(status: Int) {
        let outcome = outcome(status)
        #expect(outcome.failure?.contains("\(status)") == true)
        #expect(outcome.isGone == (status == 410))
    }

    @Test(
        arguments: [
            ("120", Duration.seconds(120)), ("-5", .zero),
            ("99999999", RetrySchedule.retryAfterMax),
            ("Fri, 15 Jan 2027 08:01:00 GMT", .seconds(60)),
            ("Fri, 15 Jan 1999 08:01:00 GMT", .zero), ("soon", nil), ("", nil),
        ] as [(String, Duration?)])
    func `how long a receiver wants to be left alone is bounded`(field: String, wait: Duration?) {
        #expect(outcome(503, retryAfter: field).retryAfter == wait)
        #expect(outcome(429, retryAfter: field).retryAfter == wait)
        #expect(outcome(500, retryAfter: field).retryAfter == nil)
    }

    @Test func `an answer that quotes the URL gives nothing of it away`() {
        let body = "no such hook: \(Self.url) (T0123456/abcdefghij1234)\u{1B}[31m\r\n"
        let excerpt = outcome(404, Array(body.utf8)).excerpt
        #expect(!excerpt.contains("T0123456") && !excerpt.contains("abcdefghij1234"))
        #expect(excerpt == "no such hook: *** (***/***) [31m")
    }

    @Test(arguments: UInt64(1)...20)
    func `no answer leaves more than a short printable line`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let pieces = [
            Self.url, "abcdefghij1234", "\u{1B}]0;", "\r\n", "\u{202E}", "ä", "\u{0}", "{\"a\":",
        ].map { Array($0.utf8) }
        for _ in 0..<100 {
            var body: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                body += generator.pick(pieces)
                if generator.chance(40) { body.append(.random(in: 0...255, using: &generator)) }
            }
            let excerpt = outcome(.random(in: 100...999, using: &generator), body).excerpt
            #expect(excerpt.utf8.count <= Attempt.excerptBytesMax)
            #expect(!excerpt.contains("abcdefghij1234"))
            #expect(PrintableText.line(excerpt) == excerpt)
        }
    }

    @Test(arguments: [
        ("https://hooks.slack.com/services/T/B/X", "https://hooks.slack.com/***"),
        ("HTTPS://host.example:8443", "https://host.example:8443"),
        ("http://host.example?key=1", "http://host.example/***"),
        ("https://[::1]:80/", "https://[::1]:80/***"), ("nonsense", "***"),
    ])
    func `of a URL only scheme and host are shown`(url: String, shown: String) {
        #expect(Webhook.shown(url) == shown)
    }
}
