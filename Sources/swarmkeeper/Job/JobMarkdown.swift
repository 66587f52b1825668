/// A job's result for a pull request or a step's summary, in GitHub's Markdown. All that comes from
/// outside stands in code spans, in which nothing is a link, a mention or a tag.
enum JobMarkdown {
    /// - Parameter report: the service's own Markdown of the run; nil where it could not be had.
    static func document(_ result: JobResult, report: String?) -> String {
        var blocks: [String] = []
        if let report {
            blocks.append(report.trimmed)
        } else {
            let name = result.name.isEmpty ? "Load test" : "Load test \(code(result.name))"
            blocks.append("### \(sign(result.end)) \(name)")
            if result.isOver, !result.checks.isEmpty { blocks.append(table(result.checks)) }
        }
        let reasons = result.reason.split(separator: "\n").map { code(String($0)) }
        blocks.append(
            "\(sign(result.end)) **\(result.title(exitCode: nil))**: "
                + reasons.joined(separator: "<br>"))
        if !result.findings.isEmpty {
            blocks.append(
                result.findings.map { "- \(code($0.description))" }.joined(separator: "\n"))
        }
        // The report says itself where the run is.
        if report == nil, let place = place(result) { blocks.append(place) }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func place(_ result: JobResult) -> String? {
        guard let id = result.runID else { return nil }
        guard let url = result.url else { return "Run \(code(id))" }
        return "Run \(code(id)) · \(isPlainURL(url) ? "[report](<\(url)>)" : code(url))"
    }

    private static func sign(_ end: JobEnd) -> String {
        switch end {
        case .passed: "✅"
        case .inconclusive, .stoppedByOthers, .aborted: "⚠️"
        default: "❌"
        }
    }

    private static func table(_ checks: [JobCheck]) -> String {
        let rows = checks.map { check in
            "| \(cell(check.expression)) | \(JobSummary.word(check.outcome)) "
                + "| \(cell(check.actual ?? "-")) |"
        }
        return (["| Threshold | Outcome | Measured |", "| --- | --- | --- |"] + rows)
            .joined(separator: "\n")
    }

    /// A pipe ends a cell, also within code, unless an odd number of backslashes is before it.
    private static func cell(_ text: String) -> String {
        var (escaped, backslashes) = ("", 0)
        for scalar in text.unicodeScalars {
            if scalar == "|" { escaped += backslashes.isMultiple(of: 2) ? "\\" : "\\\\" }
            backslashes = scalar == "\\" ? backslashes + 1 : 0
            escaped.unicodeScalars.append(scalar)
        }
        return code(escaped)
    }

    /// A code span (CommonMark, section 6.1): between more backticks than there are in a row in it.
    static func code(_ text: String) -> String {
        let line = DisplayWidth.printable(text).trimmed
        // By scalars, as programs read it: a backtick with a combining mark is one `Character`.
        let longest = line.unicodeScalars.split { $0 != "`" }.map(\.count).max() ?? 0
        let fence = String(repeating: "`", count: longest + 1)
        if line.isEmpty { return "`-`" }
        return longest > 0 ? "\(fence) \(line) \(fence)" : fence + line + fence
    }

    /// Whether nothing in it can end the link that it stands in.
    private static func isPlainURL(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x3C && $0 != 0x3E }
    }
}

extension String {
    fileprivate var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
