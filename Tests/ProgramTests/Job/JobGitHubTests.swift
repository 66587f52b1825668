import Foundation
import TestSupport
import Testing

@testable import swarmkeeper

struct JobGitHubTests {
    /// What the runner takes out of a line: the rules of its `ActionCommand`.
    private func parsed(_ line: String) -> (
        name: String, properties: [String: String], data: String
    )? {
        let text = line.drop { $0.isWhitespace }
        guard text.hasPrefix("::"), let end = text.dropFirst(2).range(of: "::") else { return nil }
        let head = text[text.index(text.startIndex, offsetBy: 2)..<end.lowerBound]
        let parts = head.split(separator: " ", maxSplits: 1)
        var properties: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: ",") {
            let words = pair.split(separator: "=", maxSplits: 1).map(String.init)
            if words.count == 2 { properties[words[0]] = unescaped(words[1]) }
        }
        return (String(parts.first ?? ""), properties, unescaped(String(text[end.upperBound...])))
    }

    private func unescaped(_ text: String) -> String {
        [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    @Test(arguments: JobSample.hostileTexts)
    func `an annotation is one command, whatever it says`(text: String) throws {
        let place = DocumentFile.Finding(
            file: text, position: .init(line: 3, column: 5), message: text)
        let line = JobGitHub.annotation(.warning, title: text, text, place: place)
        #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
        let command = try #require(parsed(line))
        #expect(command.name == "warning")
        #expect(Set(command.properties.keys).isSubset(of: ["file", "line", "col", "title"]))
        #expect(command.properties["line"] == "3")
        #expect(command.properties["col"] == "5")
        let said = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { DisplayWidth.printable(String($0)) }.joined(separator: "\n")
        #expect(command.data == said)
    }

    /// What the runner reads from the file of outputs.
    private func read(_ text: String) throws -> [String: String] {
        var values: [String: String] = [:]
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)[...]
        while let line = lines.popFirst(), !line.isEmpty {
            let mark = try #require(line.range(of: "<<"))
            let (name, delimiter) = (line[..<mark.lowerBound], line[mark.upperBound...])
            var value: [Substring] = []
            while let next = lines.popFirst(), next != delimiter { value.append(next) }
            values[String(name)] = value.joined(separator: "\n")
        }
        return values
    }

    @Test func `no value ends itself and begins another output`() throws {
        for text in JobSample.hostileTexts {
            let result = JobSample.result(
                JobSample.run(endReason: text, verdict: text, name: text))
            let values = JobGitHub.outputs(result, exitCode: 97)
            let read = try read(JobGitHub.outputs(values))
            #expect(Set(read.keys) == Set(values.map(\.name)))
            #expect(read["end_reason"] == DisplayWidth.printable(text))
            #expect(read["exit_code"] == "97")
        }
        let one = JobGitHub.outputs([("a", "b")])
        #expect(one != JobGitHub.outputs([("a", "b")]), "nobody knows the delimiter before")
    }

    @Test func `each broken threshold is an annotation, and each mistake one at its line`() {
        let failed = JobSample.result(
            JobSample.run(
                verdict: "failed",
                thresholds: [
                    JobSample.threshold("p95 < 1ms", "failed", reason: "was"),
                    JobSample.threshold("p50 < 1ms", "failed", severity: "warn", reason: "was"),
                    JobSample.threshold("max < 1s"),
                ]))
        #expect(
            JobGitHub.annotations(failed) == [
                "::error title=Threshold broken::p95 < 1ms: measured 212.5 ms; was",
                "::warning title=Threshold broken::p50 < 1ms: measured 212.5 ms; was",
            ])
        let wrong = JobResult(
            .invalid(
                "wrong",
                [.init(file: "a,b.yaml", position: .init(line: 2, column: 7), message: "no: 5%")]))
        #expect(
            JobGitHub.annotations(wrong) == [
                "::error file=a%2Cb.yaml,line=2,col=7,title=Load test::no: 5%25"
            ])
        // What proves nothing has broken nothing, whatever its severity.
        let warned = JobSample.threshold("p50 < 1ms", "failed", severity: "warn", reason: "was")
        let inconclusive = JobSample.result(
            JobSample.run(verdict: "inconclusive", thresholds: [warned]))
        #expect(
            JobGitHub.annotations(inconclusive) == [
                "::warning title=Load test inconclusive::because of inconclusive"
            ])
        let passed = JobSample.run(
            verdict: "passed", thresholds: [JobSample.threshold("p95 < 300ms")])
        #expect(JobGitHub.annotations(JobSample.result(passed)).isEmpty)
    }

    @Test func `files of the runner are added to, and what is not there is told`() throws {
        let folder = try TemporaryFolder()
        let environment = ["GITHUB_OUTPUT": folder.path("out")]
        #expect(JobGitHub.append("a\n", to: .outputs, environment) == nil)
        #expect(JobGitHub.append("b\n", to: .outputs, environment) == nil)
        #expect(try String(contentsOfFile: folder.path("out"), encoding: .utf8) == "a\nb\n")
        #expect(JobGitHub.append("a", to: .summary, environment) != nil)
        #expect(
            JobGitHub.append("a", to: .outputs, ["GITHUB_OUTPUT": folder.path("no/such")])?
                .contains("No such") == true)
    }
}
