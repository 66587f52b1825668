import ControlPlane
import JSON

/// The body of an HTTP request for each kind of receiver.
enum Payload {
    static func body(of notice: Notice, for kind: Webhook.Kind, publicURL: String) -> [UInt8] {
        switch kind {
        case .slack: slack(NoticeText(notice, publicURL: publicURL)).encodedBytes
        case .teams: teams(NoticeText(notice, publicURL: publicURL)).encodedBytes
        case .json, .email: json(notice, publicURL: publicURL).encodedBytes
        }
    }

    /// As Standard Webhooks recommends: `type`, `timestamp`, `data`.
    private static func json(_ notice: Notice, publicURL: String) -> JSONValue {
        let link = NoticeText.link(notice, publicURL: publicURL)
        return .object([
            "type": .string(notice.kind.rawValue),
            "timestamp": .string(Timestamp.format(notice.at)), "data": notice.data,
            "link": link.map { .string($0) } ?? .null,
        ])
    }

    // MARK: Slack

    /// `text` is what a notification shows; the blocks are what the channel shows.
    private static func slack(_ text: NoticeText) -> JSONValue {
        let mark =
            switch text.tone {
            case .good: ":large_green_circle:"
            case .bad: ":red_circle:"
            case .neutral: ":white_circle:"
            }
        let title = escaped(text.title)
        let heading = text.link.map { "*<\($0)|\(title)>*" } ?? "*\(title)*"
        let lines = text.facts.map { "*\($0.name):* \(escaped($0.value))" }
        return .object([
            "text": .string(title),
            "blocks": .array([
                section("\(mark) \(heading)"),
                section(lines.isEmpty ? "-" : lines.joined(separator: "\n")),
            ]),
        ])
    }

    /// Slack takes no more of a section.
    static let sectionMax = 3_000

    private static func section(_ markdown: String) -> JSONValue {
        let text = String.UnicodeScalarView(markdown.unicodeScalars.prefix(sectionMax))
        return .object([
            "type": .string("section"),
            "text": .object(["type": .string("mrkdwn"), "text": .string(String(text))]),
        ])
    }

    /// Slack's three characters: without them no `<!channel>` and no link is in the text. The bar
    /// would end the address of ours. Scalar by scalar: what stands before or behind one may make
    /// it part of another Character, which is none of these.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "|": escaped.append("¦")
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    // MARK: Microsoft Teams

    /// An Adaptive Card for a workflow ("When a Teams webhook request is received"). Text runs are
    /// shown as they are: nothing in them is Markdown.
    private static func teams(_ text: NoticeText) -> JSONValue {
        let colour =
            switch text.tone {
            case .good: "good"
            case .bad: "attention"
            case .neutral: "default"
            }
        var body = [
            runs([
                run(
                    text.title,
                    [
                        "weight": .string("bolder"), "size": .string("large"),
                        "color": .string(colour),
                    ])
            ])
        ]
        body += text.facts.map { fact in
            runs([run("\(fact.name): ", ["weight": .string("bolder")]), run(fact.value, [:])])
        }
        var card: [String: JSONValue] = [
            "$schema": .string("http://adaptivecards.io/schemas/adaptive-card.json"),
            "type": .string("AdaptiveCard"), "version": .string("1.4"), "body": .array(body),
        ]
        if let link = text.link {
            card["actions"] = .array([
                .object([
                    "type": .string("Action.OpenUrl"), "title": .string("Open the run"),
                    "url": .string(link),
                ])
            ])
        }
        return .object([
            "type": .string("message"),
            "attachments": .array([
                .object([
                    "contentType": .string("application/vnd.microsoft.card.adaptive"),
                    "contentUrl": .null, "content": .object(card),
                ])
            ]),
        ])
    }

    private static func runs(_ inlines: [JSONValue]) -> JSONValue {
        .object(["type": .string("RichTextBlock"), "inlines": .array(inlines)])
    }

    private static func run(_ text: String, _ style: [String: JSONValue]) -> JSONValue {
        .object(["type": .string("TextRun"), "text": .string(text)].merging(style) { $1 })
    }
}
