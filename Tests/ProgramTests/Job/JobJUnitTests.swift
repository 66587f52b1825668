import Foundation
import JSON
import TestSupport
import Testing

@testable import swarmkeeper

struct JobJUnitTests {
    /// Holds documents to the schema, and to what a reader finds in them.
    private func expectValid(_ documents: [String]) async throws {
        let folder = try TemporaryFolder()
        let paths = try documents.enumerated().map { index, text in
            let path = folder.path("\(index).xml")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            return path
        }
        for (document, text) in zip(try await JUnitDocument.read(paths), documents) {
            #expect(document.faults.isEmpty, "\(document.faults)\n\(text)")
            let suite = try #require(document.suites.first)
            #expect(document.suites.count == 1 && suite.said == suite.counted, "\(text)")
            // Of two cases with one name GitLab shows one.
            #expect(Set(suite.cases.map(\.name)).count == suite.cases.count, "\(text)")
            #expect(suite.cases.first?.name == "run completed")
        }
    }

    private func cases(_ document: String) -> [String] {
        document.split(separator: "\n").filter { $0.contains("<testcase") }.map(String.init)
    }

    @Test func `a run that passed has a case for itself and one for each threshold`() async throws {
        let document = JobJUnit.document(
            JobSample.result(
                JobSample.run(
                    verdict: "passed",
                    thresholds: [
                        JobSample.threshold("p95 < 300ms"),
                        JobSample.threshold("p99 < 1ms", "failed", severity: "warn", reason: "was"),
                    ])))
        #expect(document.contains(#"tests="3" failures="0" errors="0" skipped="0" time="61.500""#))
        #expect(document.contains(#"timestamp="2027-01-15T08:00:00""#))
        let cases = cases(document)
        #expect(cases.count == 3)
        #expect(cases[0].contains(#"name="run completed" time="61.500"/>"#))
        #expect(cases[1].contains(#"classname="swarmkeeper.Checkout" name="p95 &lt; 300ms""#))
        #expect(document.contains("<system-out>measured 212.5 ms</system-out>"))
        #expect(document.contains("<system-out>warning: measured 212.5 ms; was</system-out>"))
        try await expectValid([document])
    }

    @Test func `what is broken fails, what cannot be told is skipped with its reason`() async throws
    {
        let broken = JobJUnit.document(
            JobSample.result(
                JobSample.run(
                    verdict: "failed",
                    thresholds: [
                        JobSample.threshold("p95 < 300ms", "failed", reason: "was 412 ms"),
                        JobSample.threshold("max < 1s", "noData", actual: nil, reason: "nothing"),
                    ])))
        #expect(broken.contains(#"failures="1" errors="0" skipped="1""#))
        #expect(
            broken.contains(
                #"<failure type="thresholdFailed" message="measured 212.5 ms; was 412 ms">"#))
        #expect(broken.contains(#"<skipped message="nothing"/>"#))
        #expect(broken.contains(#"name="run completed" time="61.500"/>"#))
        let unclear = JobJUnit.document(
            JobSample.result(
                JobSample.run(
                    verdict: "inconclusive",
                    thresholds: [
                        JobSample.threshold("p95 < 300ms"),
                        JobSample.threshold("max < 1s", "failed", reason: "was 2 s"),
                    ])))
        // Neither green nor red: all three.
        #expect(unclear.contains(#"tests="3" failures="0" errors="0" skipped="3""#))
        #expect(unclear.contains(#"<skipped message="because of inconclusive"/>"#))
        try await expectValid([broken, unclear])
    }

    @Test func `a job that has no run, or lost it, is an error and not nothing`() async throws {
        let findings = [DocumentFile.Finding(file: "a.yaml", position: nil, message: "<b>")]
        let refused = JobJUnit.document(JobResult(.invalid("wrong", findings)))
        #expect(refused.contains(#"tests="1" failures="0" errors="1""#))
        #expect(refused.contains(#"<error type="invalidInput" message="wrong">"#))
        var lost = JobResult(
            .lost("gone"),
            of: JobSample.run(
                state: "Running", endReason: nil, thresholds: [JobSample.threshold("a", nil)]))
        lost.isLeftAlone = true
        let text = JobJUnit.document(lost)
        #expect(text.contains(#"tests="2" failures="0" errors="1" skipped="1""#))
        let byRule = JobJUnit.document(
            JobSample.result(JobSample.run(state: "Failed", endReason: "thresholdBroken")))
        #expect(byRule.contains(#"<failure type="thresholdBroken" message="in words">"#))
        try await expectValid([refused, text, byRule])
    }

    @Test func `two thresholds of one spelling are two cases`() async throws {
        let document = JobJUnit.document(
            JobSample.result(
                JobSample.run(
                    verdict: "passed",
                    thresholds: ["a", "a", "a (2)", "run completed"].map {
                        JobSample.threshold($0)
                    })))
        #expect(Set(cases(document)).count == 5)
        try await expectValid([document])
    }

    @Test func `whatever names and reasons say, the document is valid and one line each`()
        async throws
    {
        var random = SeededGenerator(seed: 20_261_122)
        func text() -> String {
            (0..<Int.random(in: 0...4, using: &random)).map { _ in
                Bool.random(using: &random)
                    ? JobSample.hostileTexts.randomElement(using: &random) ?? ""
                    : String(
                        Unicode.Scalar(UInt32.random(in: 0...0x1_FFFF, using: &random)) ?? "?")
            }.joined()
        }
        let outcomes = ["passed", "failed", "noData", nil]
        let documents = (0..<150).map { _ in
            let thresholds = (0..<Int.random(in: 0...4, using: &random)).map { _ in
                JobSample.threshold(
                    text(), outcomes.randomElement(using: &random) ?? nil,
                    severity: Bool.random(using: &random) ? "fail" : "warn",
                    actual: [nil, 0.001, 1e300, -1].randomElement(using: &random) ?? nil,
                    reason: text())
            }
            let run = JobSample.run(
                state: Bool.random(using: &random) ? "Finished" : "Running",
                endReason: text(),
                verdict: ["passed", "failed", "inconclusive", nil].randomElement(using: &random)
                    ?? nil, name: text(), thresholds: thresholds)
            var result = JobSample.result(run)
            result.url = text()
            result.findings = [.init(file: text(), position: nil, message: text())]
            return JobJUnit.document(result)
        }
        for document in documents {
            let isPlain = document.unicodeScalars.allSatisfy {
                $0 == "\n" || $0.properties.generalCategory != .control
            }
            #expect(isPlain)
        }
        try await expectValid(documents)
    }
}
