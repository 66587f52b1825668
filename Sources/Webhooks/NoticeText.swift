import ControlPlane
import Foundation
import JSON

/// A notice in words, for people.
struct NoticeText: Equatable {
    enum Tone: Equatable {
        case good, bad, neutral
    }

    struct Fact: Equatable {
        let name: String
        let value: String
    }

    /// Scalars of any text of a user's or of a cluster's: what is longer is read in the report.
    static let valueMax = 300

    let title: String
    let tone: Tone
    let facts: [Fact]
    /// The page of the run; nil where nobody said how the service is reached.
    let link: String?

    init(_ notice: Notice, publicURL: String) {
        let run = notice.data["run"]
        let name = Self.cut(run?["name"]?.text ?? "")
        let verdict = run?["verdict"]?.text
        switch notice.kind {
        case .runStarted: (title, tone) = ("Started: \(name)", .neutral)
        case .runFinished:
            let hasFailed = run?["state"]?.text == RunState.failed.rawValue
            (title, tone) =
                hasFailed
                ? ("Ended with a failure: \(name)", .bad) : ("Finished: \(name)", .neutral)
        case .runVerdict:
            title = "\((verdict ?? "").capitalized): \(name)"
            tone = verdict == "passed" ? .good : verdict == "failed" ? .bad : .neutral
        case .becameFailed: (title, tone) = ("Fails now: \(name)", .bad)
        case .becamePassed: (title, tone) = ("Passes again: \(name)", .good)
        case .clusterLost:
            let id = notice.data["cluster"]?["id"]?.text ?? ""
            (title, tone) = ("Cluster lost: \(id)", .bad)
        case .test:
            let name = notice.data["webhook"]?["name"]?.text ?? ""
            (title, tone) = ("Test of the webhook \(Self.cut(name))", .neutral)
        }
        facts = Self.facts(notice).filter { !$0.value.isEmpty }
        link = NoticeText.link(notice, publicURL: publicURL)
    }

    static func link(_ notice: Notice, publicURL: String) -> String? {
        guard !publicURL.isEmpty, let id = notice.data["run"]?["id"]?.text else { return nil }
        return publicURL + (publicURL.hasSuffix("/") ? "" : "/") + "#/runs/\(id)"
    }

    private static func facts(_ notice: Notice) -> [Fact] {
        if let cluster = notice.data["cluster"] {
            return [
                Fact(name: "Type", value: cluster["type"]?.text ?? ""),
                Fact(name: "Cause", value: cut(cluster["cause"]?.text ?? "")),
            ]
        }
        if let webhook = notice.data["webhook"] {
            return [Fact(name: "Asked for by", value: cut(webhook["requestedBy"]?.text ?? ""))]
        }
        guard let run = notice.data["run"] else { return [] }
        func text(_ field: String) -> String { cut(run[field]?.text ?? "") }
        var facts = [
            Fact(name: "Environment", value: "\(text("tenantId")) / \(text("envId"))"),
            Fact(name: "Target", value: text("targetUrl")),
            Fact(name: "Started by", value: text("createdBy")),
            Fact(name: "Labels", value: labels(run)),
        ]
        if notice.kind != .runStarted {
            let detail = [text("endReason"), text("endDetail")].filter { !$0.isEmpty }
            facts.append(Fact(name: "End", value: detail.joined(separator: ": ")))
            facts.append(Fact(name: "Verdict", value: text("verdict")))
            facts.append(Fact(name: "Reason", value: text("verdictReason")))
            facts += broken(run)
            facts += numbers(run["lastMetrics"])
        }
        if let before = notice.data["previous"]?["runId"]?.text {
            facts.append(Fact(name: "Judged before", value: before))
        }
        return facts
    }

    /// So that a failure of somebody's branch is not taken for one of what is released.
    private static func labels(_ run: JSONValue) -> String {
        let labels = run["labels"]?.members ?? [:]
        return cut(
            labels.sorted { $0.key < $1.key }.compactMap { key, value in
                value.text.map { "\(key): \($0)" }
            }.joined(separator: ", "))
    }

    private static func broken(_ run: JSONValue) -> [Fact] {
        (run["thresholds"]?.items ?? []).filter { $0["outcome"]?.text == "failed" }.prefix(5).map {
            Fact(
                name: "Broken",
                value: cut(
                    [$0["expression"]?.text, $0["reason"]?.text].compactMap { $0 }
                        .joined(separator: ": ")))
        }
    }

    private static func numbers(_ metrics: JSONValue?) -> [Fact] {
        guard let requests = metrics?["totalRequests"]?.integer else { return [] }
        var words = ["\(requests) requests"]
        if let rate = metrics?["errorRate"]?.number { words.append("\(short(rate)) % failed") }
        if let rps = metrics?["totalRps"]?.number { words.append("\(short(rps)) per second") }
        if let p95 = metrics?["p95ResponseMs"]?.number { words.append("p95 \(short(p95)) ms") }
        return [Fact(name: "Numbers", value: words.joined(separator: ", "))]
    }

    private static func short(_ number: Double) -> String {
        number.formatted(
            .number.precision(.fractionLength(0...2)).grouping(.never)
                .locale(Locale(identifier: "en_US_POSIX")))
    }

    /// One line, of a bounded length, whatever its characters are made of.
    private static func cut(_ text: String) -> String {
        let line = PrintableText.line(text).unicodeScalars
        guard line.count > valueMax else { return String(line) }
        return String(String.UnicodeScalarView(line.prefix(valueMax))) + "…"
    }
}
