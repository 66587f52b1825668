import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import Reports

/// Names of endpoints, errors and tests come from outside: whatever they are, they stay text.
struct HostileTextTests {
    private static let pieces = [
        "<script>alert(1)</script>", "</style><style>*{display:none}", "\"><img src=x onerror=a()>",
        "'\" onload=\"x", "&lt;b&gt;", "&#60;", "<!--", "-->", "]]>", "</svg>", "</title>",
        "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(A1)", "\t=1", "\r\n=1", "＝1", "a,b", "\"q\"",
        "`", "``", "|", "\\|", "\\", "[x](javascript:a)", "@everyone", "#1", "https://evil.example",
        "* * *", "\n\n# head", "<b>", "\u{202E}txt.exe", "\u{0}", "\u{7}", "\u{FEFF}", "é", "漢字",
        "👨‍👩‍👧",
        "\u{2028}", "", " ", "x",
        // One `Character` each, and two scalars for every program that reads them.
        "\"\u{301}", "`\u{200D}", "|\u{301}", "\\\u{301}", String(repeating: "A", count: 700),
    ]

    private func texts(seed: UInt64) -> SampleHistory.Texts {
        var random = SeededGenerator(seed: seed)
        func text() -> String {
            (0..<Int.random(in: 1...4, using: &random)).map { _ in random.pick(Self.pieces) }
                .joined()
        }
        return SampleHistory.Texts(
            name: text(), description: "d" + text(),
            endpoints: [(text(), "1" + text()), (text(), "2" + text())], message: text(),
            detail: "d" + text(), target: text(), tag: text())
    }

    /// What one seed gives, and the same with texts that do no harm.
    private func pair(seed: UInt64) async throws -> (hostile: RunReport, plain: RunReport) {
        let verdict = ReportVerdict(
            outcome: .failed, reason: nil,
            checks: [.init(expression: texts(seed: seed).name, outcome: .failed, actual: "<3 ms")])
        let hostile = SampleHistory(texts: texts(seed: seed), seconds: 3)
        return (
            try await hostile.report(verdict: verdict),
            try await SampleHistory(seconds: 3).report(verdict: verdict)
        )
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `a page keeps its tags`(seed: UInt64) async throws {
        let (hostile, plain) = try await pair(seed: seed)
        let markup = Markup(ReportPage(hostile).text)
        #expect(markup.faults == [])
        #expect(markup.tags == Markup(ReportPage(plain).text).tags)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `Markdown keeps its lines and cells`(seed: UInt64) async throws {
        let (hostile, plain) = try await pair(seed: seed)
        let lines = MarkdownReport(hostile, link: "http://a/#/runs/1").text.split(
            separator: "\n", omittingEmptySubsequences: false)
        let others = MarkdownReport(plain, link: "http://a/#/runs/1").text.split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.map(Self.cells) == others.map(Self.cells))
        for line in lines { #expect(!Self.outsideOfCode(line).contains("evil"), "\(line)") }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `cells of CSV come back, and none is a formula`(seed: UInt64) async throws {
        let report = try await pair(seed: seed).hostile
        let rows = ExportRow.summary(report.summary)
        for row in rows {
            let cells = try #require(Self.parse(row.csv))
            #expect(cells.count == row.cells.count)
            for (cell, (_, value)) in zip(cells, row.cells) {
                if let text = value.text {
                    #expect(cell == text || cell == "'" + text)
                    let first = cell.unicodeScalars.first {
                        !$0.properties.isWhitespace && $0.value > 32
                    }
                    #expect(!"=+-@＝＋－＠".unicodeScalars.contains(first ?? "a"))
                } else {
                    #expect(value == .null ? cell.isEmpty : Double(cell) == value.number)
                }
            }
        }
    }

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `tags of a log and names of files are plain`(seed: UInt64) async throws {
        let report = try await pair(seed: seed).hostile
        for row in report.summary.endpoints {
            let endpoint = try #require(row.endpoint)
            let tag = HistogramLog.tag(endpoint)
            #expect(tag.utf8.allSatisfy { $0 > 32 && $0 < 127 } && !tag.contains(","))
            #expect(tag.removingPercentEncoding == "\(endpoint.method):\(endpoint.name)")
        }
        let name = ReportFileName.text(of: report.run, ending: "html")
        #expect(name.count <= 100 && name.hasPrefix("load-test-") && name.hasSuffix(".html"))
        #expect(name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) })
    }

    /// How many cells GitHub finds in a line: a pipe with a backslash before it is part of one.
    private static func cells(_ line: Substring) -> Int {
        guard line.unicodeScalars.first == "|" else { return 0 }
        var (count, isEscaped) = (0, false)
        for scalar in line.unicodeScalars {
            if scalar == "|", !isEscaped { count += 1 }
            isEscaped = scalar == "\\" && !isEscaped
        }
        return count
    }

    /// What is left of a line without its code spans.
    private static func outsideOfCode(_ line: Substring) -> String {
        var (left, rest) = (String.UnicodeScalarView(), line.unicodeScalars)
        while let from = rest.firstIndex(of: "`") {
            left += rest[..<from]
            let fence = rest[from...].prefix { $0 == "`" }
            rest = rest[fence.endIndex...]
            // It ends at the next row of just as many.
            var search = rest
            var end: Substring.UnicodeScalarView?
            while end == nil, let next = search.firstIndex(of: "`") {
                let row = search[next...].prefix { $0 == "`" }
                if row.count == fence.count { end = row }
                search = search[row.endIndex...]
            }
            guard let end else { return String(left) + String(fence) + String(rest) }
            rest = rest[end.endIndex...]
        }
        return String(left) + String(rest)
    }

    /// One record of RFC 4180; nil for what is none.
    private static func parse(_ record: String) -> [String]? {
        var cells: [String] = []
        var rest = Substring(record).unicodeScalars
        while true {
            var cell = String.UnicodeScalarView()
            if rest.first == "\"" {
                rest.removeFirst()
                while let end = rest.firstIndex(of: "\"") {
                    cell += rest[..<end]
                    rest = rest[rest.index(after: end)...]
                    guard rest.first == "\"" else { break }
                    cell.append("\"")
                    rest.removeFirst()
                }
            } else {
                let plain = rest.prefix { $0 != "," && $0 != "\r" }
                guard !plain.contains("\"") else { return nil }
                cell += plain
                rest = rest[plain.endIndex...]
            }
            cells.append(String(cell))
            if rest.elementsEqual("\r\n".unicodeScalars) { return cells }
            guard rest.first == "," else { return nil }
            rest.removeFirst()
        }
    }
}
