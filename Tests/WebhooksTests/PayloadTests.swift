import ControlPlane
import JSON
import Testing

@testable import Webhooks

struct PayloadTests {
    private func payload(_ notice: Notice, _ kind: Webhook.Kind) throws -> JSONValue {
        try JSONReader.document(
            Payload.body(of: notice, for: kind, publicURL: "https://keeper.example"))
    }

    @Test func `JSON has the type, the time, the data and where to read on`() throws {
        let notice = Notice.sample()
        let payload = try payload(notice, .json)
        #expect(payload.members?.keys.sorted() == ["data", "link", "timestamp", "type"])
        #expect(payload["type"] == .string("run.verdict"))
        #expect(payload["timestamp"] == .string("2027-01-15T08:00:00.000Z"))
        #expect(payload["data"]?.encodedBytes == notice.data.encodedBytes)
        #expect(payload["link"] == .string("https://keeper.example/#/runs/run-1"))
    }

    @Test func `Slack is shown a heading with a link, and the facts`() throws {
        let payload = try payload(
            .sample(labels: ["commit": "4f1", "branch": "a<b"]), .slack)
        let texts = (payload["blocks"]?.items ?? []).compactMap { $0["text"]?["text"]?.text }
        #expect(
            texts == [
                ":red_circle: *<https://keeper.example/#/runs/run-1|Failed: Checkout>*",
                """
                *Environment:* shop / dev
                *Target:* https://shop.example
                *Started by:* ci
                *Labels:* branch: a&lt;b, commit: 4f1
                *End:* durationElapsed
                *Verdict:* failed
                *Broken:* p95 &lt; 300ms: was 512ms
                *Numbers:* 1200 requests, 0.5 % failed, 20 per second, p95 512.25 ms
                """,
            ])
        #expect(payload["text"] == .string("Failed: Checkout"))
    }

    @Test func `nobody in a Slack channel is called by the name of a run`() throws {
        let bytes = Payload.body(
            of: .sample(name: "<!channel> & <https://evil.example|Click>"), for: .slack,
            publicURL: "")
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(!text.contains("<!channel>") && !text.contains("<https://evil"))
        #expect(text.contains("&lt;!channel&gt; &amp; &lt;https://evil.example¦Click&gt;"))
    }

    @Test(arguments: ["\u{D4E}", "\u{600}"], ["", "\u{301}", "\u{200D}"])
    func `what stands around a sign makes it no other one for Slack`(
        before: String, behind: String
    ) {
        let name = "<!channel>|&<@U1>".map { "\(before)\($0)\(behind)" }.joined()
        let bytes = Payload.body(of: .sample(name: name), for: .slack, publicURL: "")
        // Our own markup has no angle brackets where there is no link.
        #expect(!bytes.contains { "<>|".utf8.contains($0) })
        let ampersands = bytes.indices.filter { bytes[$0] == UInt8(ascii: "&") }
        let allowed = ["amp;", "lt;", "gt;"].map { Array($0.utf8) }
        #expect(
            ampersands.allSatisfy { at in allowed.contains { bytes[(at + 1)...].starts(with: $0) } }
        )
    }

    @Test func `Teams gets an Adaptive Card whose texts are no Markdown`() throws {
        let payload = try payload(.sample(name: "[a](https://evil.example) **b**"), .teams)
        let attachment = try #require(payload["attachments"]?.items?.first)
        #expect(
            attachment["contentType"] == .string("application/vnd.microsoft.card.adaptive"))
        let card = try #require(attachment["content"])
        #expect(card["type"] == .string("AdaptiveCard"))
        let blocks = card["body"]?.items ?? []
        #expect(blocks.count == 8)
        #expect(blocks.allSatisfy { $0["type"] == .string("RichTextBlock") })
        let title = blocks.first?["inlines"]?.items?.first
        #expect(title?["type"] == .string("TextRun"))
        #expect(title?["text"] == .string("Failed: [a](https://evil.example) **b**"))
        #expect(
            card["actions"]?.items?.first?["url"]
                == .string("https://keeper.example/#/runs/run-1"))
    }

    @Test(arguments: [
        (Notice.Kind.runStarted, "Started: Checkout"), (.runFinished, "Finished: Checkout"),
        (.becameFailed, "Fails now: Checkout"), (.becamePassed, "Passes again: Checkout"),
        (.clusterLost, "Cluster lost: "), (.test, "Test of the webhook "),
    ])
    func `each kind says in words what has happened`(kind: Notice.Kind, title: String) {
        #expect(NoticeText(.sample(kind), publicURL: "").title == title)
    }

    @Test func `a text that is too long is cut, and has one line`() {
        let text = NoticeText(
            .sample(name: "a\r\nb\u{202E}" + String(repeating: "x", count: 5000)), publicURL: "")
        #expect(text.title.hasPrefix("Failed: a  b x"))
        #expect(text.title.count < 400 && text.link == nil)
    }

    @Test func `a section for Slack is cut where Slack would refuse it`() throws {
        let long = String(repeating: "&", count: NoticeText.valueMax)
        let labels = ["a": long, "b": long]
        let payload = try payload(.sample(name: long, verdict: long, labels: labels), .slack)
        let lengths = (payload["blocks"]?.items ?? []).map {
            $0["text"]?["text"]?.text?.unicodeScalars.count ?? 0
        }
        #expect(lengths.count == 2 && lengths[1] == Payload.sectionMax)
    }

    @Test func `a text of one long character is cut as well`() {
        let name = "e" + String(repeating: "\u{301}", count: 5000)
        let text = NoticeText(.sample(name: name), publicURL: "")
        #expect(text.title.unicodeScalars.count < 400)
    }
}
