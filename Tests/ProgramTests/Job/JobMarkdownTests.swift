import JSON
import Testing

@testable import swarmkeeper

struct JobMarkdownTests {
    /// What is outside of code spans (CommonMark, section 6.1): there, text would be obeyed.
    private func outside(_ line: Substring) -> String {
        var (outside, rest) = ("", Array(line.unicodeScalars)[...])
        while let first = rest.first {
            guard first == "`" else {
                outside.unicodeScalars.append(first)
                rest = rest.dropFirst()
                continue
            }
            let fence = rest.prefix { $0 == "`" }.count
            var place = rest.dropFirst(fence)
            var end: Int?
            while !place.isEmpty, end == nil {
                let run = place.prefix { $0 == "`" }.count
                if run == fence { end = place.startIndex + run }
                place = place.dropFirst(max(run, 1))
            }
            guard let end else { return outside + String(String.UnicodeScalarView(rest)) }
            rest = rest[end...]
        }
        return outside
    }

    @Test(arguments: JobSample.hostileTexts)
    func `names and reasons stand in code, and no line is theirs`(text: String) {
        let run = JobSample.run(
            verdict: "failed", name: "x" + text,
            thresholds: [JobSample.threshold("y" + text, "failed", reason: text)])
        let result = JobSample.result(run)
        let document = JobMarkdown.document(result, report: nil)
        let known = JobMarkdown.document(
            JobSample.result(
                JobSample.run(
                    verdict: "failed", name: "x",
                    thresholds: [JobSample.threshold("y", "failed", reason: "r")])), report: nil)
        let lines = document.split(separator: "\n")
        let others = known.split(separator: "\n")
        #expect(lines.count == others.count)
        // A pipe in code is escaped, which is the only thing that is not as it was.
        for (line, other) in zip(lines, others) {
            #expect(outside(line) == outside(other), "\(line)")
        }
    }

    @Test func `the service's report stands first, and the end of the job behind it`() {
        let result = JobSample.result(JobSample.run(verdict: "failed"))
        let document = JobMarkdown.document(result, report: "### Report\n\n")
        #expect(
            document == """
                ### Report

                ❌ **thresholdsFailed (99)**: `because of failed`

                """)
        let failure = JobFailure.invalid("a\nb", [.init(file: "f", position: nil, message: "m")])
        let invalid = JobMarkdown.document(JobResult(failure), report: nil)
        #expect(
            invalid == """
                ### ❌ Load test

                ❌ **invalidInput (104)**: `a`<br>`b`

                - `f: m`

                """)
    }
}
