import Testing
import Thresholds

@testable import ControlPlane
@testable import Reports

struct ComparedReportTests {
    private func report(_ history: SampleHistory, _ baseline: Baseline? = nil) async throws
        -> RunReport
    {
        var report = try await history.report()
        let baseline = baseline ?? Baseline([history.run()], missing: "one of <b>two</b>")
        report.comparison = try await RunComparison.compare(
            history.run(), with: baseline, from: history)
        return report
    }

    @Test func `a run beside its baseline is told with intervals, in each form`() async throws {
        let report = try await report(SampleHistory(seconds: 30))
        let comparison = try #require(report.comparison)
        #expect(comparison.trouble == nil, "\(comparison.trouble ?? "")")
        let (page, markdown) = (ReportPage(report).text, MarkdownReport(report).text)
        #expect(page.contains("Beside its baseline"))
        #expect(page.contains("with 95% confidence"))
        // The same numbers do not differ.
        #expect(page.contains("≈ 0%") && markdown.contains("≈ 0%"))
        #expect(markdown.contains("| All requests | Baseline | This run |"))
        #expect(page.contains("one of &lt;b&gt;two&lt;/b&gt;"))
        #expect(markdown.contains("`one of <b>two</b>`"))
        #expect(Markup(page).faults == [])
    }

    @Test func `a regression is shown as what it is, and not as a time`() async throws {
        let run = SampleHistory().run()
        var plan = run.plan
        plan.thresholds = [
            try Dialects.read("p95 regression < 10%"),
            try Dialects.read("errorRate regression < 1pp"),
        ]
        var progress = run.progress
        let results = [12.34, -0.5].map {
            ThresholdResult(
                outcome: .failed, actual: $0, actualFrom: -1, actualTo: 30, reason: "r", from: 6,
                seconds: nil, brokenAt: nil, brokenSeconds: nil, isCertain: true)
        }
        progress.verdict = Verdict(.failed, "r", MeasurementVerdict(), results)
        let judged = Run(
            restoring: run.id, loadTestID: nil, spec: run.spec, plan: plan, clusterID: "native",
            audit: run.audit, progress: progress)
        let checks = try #require(ReportVerdict(of: judged)).checks
        #expect(checks.map(\.actual) == ["+12.3%", "−0.5pp"])
    }

    @Test func `why nothing is compared is told, too`() async throws {
        let report = try await report(SampleHistory(seconds: 30), .none("it is gone"))
        let (page, markdown) = (ReportPage(report).text, MarkdownReport(report).text)
        #expect(page.contains("Nothing can be compared: it is gone"))
        #expect(markdown.contains("Nothing can be compared: it is gone"))
        #expect(Markup(page).faults == [])
    }

    @Test func `labels are among what was asked for, whatever is in them`() async throws {
        let history = SampleHistory()
        let run = history.run()
        var plan = run.plan
        plan.labels = ["branch": "<i>x</i>"]
        let labelled = Run(
            restoring: run.id, loadTestID: nil, spec: run.spec, plan: plan, clusterID: "native",
            audit: run.audit, progress: run.progress)
        let report = try await RunReport.gather(
            RunRecord(run: labelled, lastMetrics: nil), on: .native, from: history, at: start)
        let page = ReportPage(report).text
        #expect(page.contains("Label branch") && page.contains("&lt;i&gt;x&lt;/i&gt;"))
        #expect(!page.contains("Beside its baseline"))
    }
}
