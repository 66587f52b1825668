import ControlPlane
import Foundation
import JSON

@testable import swarmkeeper

/// Runs and results as tests of jobs want them.
enum JobSample {
    static let start = Date(timeIntervalSince1970: 1_800_000_000)

    /// JSON with single quotes for readability.
    static func json(_ text: String) throws -> JSONValue {
        try JSONReader.document(Array(text.replacing("'", with: "\"").utf8))
    }

    static func threshold(
        _ expression: String, _ outcome: String? = "passed", severity: String = "fail",
        actual: Double? = 212.5, reason: String? = nil
    ) -> JSONValue {
        .object([
            "expression": .string(expression), "severity": .string(severity),
            "outcome": outcome.map { .string($0) } ?? .null,
            "actual": actual.map { .double($0) } ?? .null, "unit": .string("ms"),
            "reason": reason.map { .string($0) } ?? .null,
        ])
    }

    static func run(
        state: String = "Finished", endReason: String? = "durationElapsed",
        verdict: String? = nil, name: String = "Checkout", thresholds: [JSONValue] = []
    ) -> JSONValue {
        .object([
            "id": .string("run-1"), "name": .string(name), "state": .string(state),
            "endReason": endReason.map { .string($0) } ?? .null,
            "endDetail": .string("in words"),
            "verdict": verdict.map { .string($0) } ?? .null, "thresholds": .array(thresholds),
            "verdictReason": verdict.map { .string("because of \($0)") } ?? .null,
            "startRequestedAt": .string(Timestamp.format(start)),
            "endedAt": .string(Timestamp.format(start.addingTimeInterval(61.5))),
            "lastMetrics": .object(["totalRequests": .int(1200), "p95ResponseMs": .double(12)]),
        ])
    }

    static func result(_ run: JSONValue, cause: JobEnd? = nil) -> JobResult {
        var result = JobResult(.over(run, cause: cause), of: run)
        result.url = "http://keeper.example/#/runs/run-1"
        return result
    }

    /// What people, and others, call their endpoints.
    static let hostileTexts = [
        "]]>", "<![CDATA[x]]>", "a\u{0}b", "\u{1B}[2J\u{1B}]0;x\u{7}", "::error::x",
        "  ::add-mask::x",
        "\u{2028}::error::x", "\u{A0}::set-output name=a::b", "##[error]x", "###[error]x",
        "##vso[task.complete result=Failed;]x", "a\n::error::b", "a\r::error::b", "%0A::error::x",
        "\u{FFFE}\u{FFFF}", "\u{1F600}\u{200D}\u{202E}", "&amp;<a b='c' d=\"e\">&#x0;", "'\"", "",
        " ", "\t", "end-\nend-", "run completed", "`` ` ```", "| a \\| b |", "@team <script>",
        "ß漢字", "\u{D4E}##[error]x", "\u{D4E}##vso[task.setvariable variable=a]b",
        "###\u{D4E}##[error]x",
        "e\u{301}", "\u{85}\u{9B}31m", "#\u{301}#[", String(repeating: "x", count: 3000),
    ]
}
