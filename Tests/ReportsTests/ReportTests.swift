import Foundation
import Metrics
import TestSupport
import Testing
import Thresholds

@testable import ControlPlane
@testable import Reports

struct ReportTests {
    @Test(arguments: [true, false])
    func `a page and Markdown have the summary's numbers`(hasHistograms: Bool) async throws {
        var history = SampleHistory()
        history.hasHistograms = hasHistograms
        let report = try await history.report()
        let (page, markdown) = (ReportPage(report).text, MarkdownReport(report).text)
        #expect(report.summary.totals.requests > 1000)
        for row in [report.summary.totals] + report.summary.endpoints {
            for text in [
                ReportText.count(row.requests), ReportText.milliseconds(row.p50ResponseMs),
                ReportText.milliseconds(row.p95ResponseMs),
                ReportText.milliseconds(row.p99ResponseMs), ReportText.percent(row.errorRate),
            ] {
                #expect(page.contains(">\(text)<"), "\(text)")
                #expect(markdown.contains(text), "\(text)")
            }
        }
        #expect(page.contains(hasHistograms ? "at most 0.1% above" : "as the Locust master"))
        #expect(page.contains("How long responses took") == hasHistograms)
        #expect(report.series.points.map(\.requests).reduce(0, +) == report.summary.totals.requests)
        let bars = report.responseTimeBars.map(\.count).reduce(0, +)
        #expect(bars == (hasHistograms ? UInt64(report.summary.totals.requests) : 0))
        #expect(Markup(page).faults == [])
    }

    @Test func `a report of the same numbers is the same file`() async throws {
        let report = try await SampleHistory().report()
        let later = try await RunReport.gather(
            report.record, on: .native, from: SampleHistory(), at: start + 99_999)
        #expect(ReportPage(report).text == ReportPage(later).text)
        #expect(MarkdownReport(report).text == MarkdownReport(later).text)
    }

    @Test(arguments: RunState.allCases)
    func `a run in any state, with and without numbers, has a report`(state: RunState)
        async throws
    {
        for seconds in [0, 1, 2, 20] {
            let report = try await SampleHistory(seconds: seconds).report(state)
            let page = ReportPage(report).text
            #expect(Markup(page).faults == [])
            #expect(page.contains("they still change") == (report.isLive && report.hasBegun))
            #expect(page.contains("No request was seen") == (seconds == 0 && report.hasBegun))
            #expect(MarkdownReport(report).text.contains(report.heading))
        }
    }

    @Test func `a page says what it may load, and that is nothing`() {
        let policy = ReportPage.contentSecurityPolicy
        #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
        #expect(policy.contains("; sandbox;"))
        #expect(!policy.contains("unsafe") && !policy.contains("allow-"))
        let page = ReportPage.notice("<a>", "b & c")
        #expect(page.contains("<h1>&lt;a&gt;</h1>") && Markup(page).faults == [])
    }

    @Test func `a verdict and its thresholds are told in every form`() async throws {
        let report = try await SampleHistory().report(
            verdict: ReportVerdict(
                outcome: .failed, reason: "p95 was too high",
                checks: [
                    .init(expression: "p95 < 200 ms", outcome: .failed, actual: "238 ms"),
                    .init(expression: "errors < 5%", outcome: .passed, actual: "2%"),
                    .init(expression: "apdex > 0.9", outcome: .noData, isRequired: false),
                ]))
        let (page, markdown) = (ReportPage(report).text, MarkdownReport(report).text)
        for text in ["✕ broken", "✓ held", "– no data", "238 ms"] {
            #expect(page.contains(text) && markdown.contains(text))
        }
        #expect(page.contains("P95 was too high.") && page.contains("banner bad"))
        #expect(markdown.hasPrefix("### ❌ Load test `Checkout`"))
    }

    @Test func `the verdict is that of the run`() throws {
        var plan = RunPlan(targetUsers: 1, spawnRate: 1, durationSeconds: 9)
        var rare = try ThresholdText.read("errorRate < 1%")
        rare.severity = .warn
        plan.thresholds = [try ThresholdText.read("p95 < 200ms"), rare]
        let results = try JSONDecoder().decode(
            [ThresholdResult].self,
            from: Data(
                """
                [{"outcome": "failed", "actual": 238.4, "isCertain": true},
                 {"outcome": "failed", "actual": 2.5, "isCertain": true}]
                """.utf8))
        let run = Run(
            restoring: RunID("r"), loadTestID: nil,
            spec: LoadTestSpec(
                name: "a", tenantId: "t", envId: "dev", targetUrl: "http://a.example"),
            plan: plan, clusterID: "c", audit: Audit(at: .distantPast, by: "ci"),
            progress: .init(
                state: .finished,
                verdict: Verdict(.failed, "p95 was too high", MeasurementVerdict(), results),
                revision: 3))
        #expect(
            ReportVerdict(of: run)
                == ReportVerdict(
                    outcome: .failed, reason: "p95 was too high",
                    checks: [
                        .init(expression: "p95 < 200ms", outcome: .failed, actual: "238.4ms"),
                        .init(
                            expression: "errorRate < 1%", outcome: .failed, isRequired: false,
                            actual: "2.5%"),
                    ]))
    }

    @Test func `what a generator could not do is said`() async throws {
        var history = SampleHistory()
        history.engine = EngineEvidence(generatorLimited: true, generatorWarnings: ["no <ports>"])
        let report = try await history.report()
        #expect(ReportPage(report).text.contains("<bdi>no &lt;ports&gt;</bdi>"))
        #expect(MarkdownReport(report).text.contains("⚠️"))
    }

    @Test func `a password in a target is not forwarded`() async throws {
        var history = SampleHistory()
        history.texts.target = "https://anna:secret@shop.example/a?key=secret"
        let report = try await history.report()
        let (page, markdown) = (ReportPage(report).text, MarkdownReport(report).text)
        #expect(!page.contains("secret") && !markdown.contains("secret"))
        #expect(page.contains("https://***@shop.example/a"))
    }

    @Test func `pauses that are longer than usual are gaps`() {
        func measurement(_ seconds: [Double], until end: Double) -> MeasurementMethod {
            let samples = seconds.map { second in
                TimedSample(
                    time: start + second, source: .poll, users: 1, workers: second < 50 ? 4 : 2,
                    sample: Sample(requests: 1))
            }
            return MeasurementMethod(
                samples, of: SampleHistory().run(), until: start + end)
        }
        let steady = measurement([10, 20, 30, 41, 50], until: 60)
        #expect(steady.gaps == [] && steady.spacingSeconds == 10)
        #expect(steady.workers == 2...4)
        let broken = measurement([10, 20, 30, 80, 90], until: 130)
        #expect(broken.gaps.map(\.seconds) == [50, 40])
        #expect(measurement([], until: 60).gaps == [])
    }
}

struct ChartTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func `an axis holds its values with a few round marks`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let most = pow(10, Double.random(in: -6...9, using: &random))
        let scale = ChartScale.values(upTo: most)
        #expect(scale.end >= most * 0.999 && scale.end <= most * 2)
        #expect((2...6).contains(scale.marks.count))
        let seconds = pow(10, Double.random(in: 0...5.7, using: &random))
        let time = ChartScale.time(of: seconds)
        #expect(time.end == seconds && (1...8).contains(time.marks.count))
        #expect(seconds / RunReport.step(for: seconds) <= RunReport.stepsMax + 1)
    }

    @Test func `a curve stops where nothing is known`() {
        let chart = Chart(
            id: "c", title: "T", unit: "u", description: "d",
            lines: [.init(values: [1, nil, 2, 3, nil], name: "n", figure: "", look: 1)], step: 1,
            seconds: 5)
        let curve = chart.html.text.split(separator: "<path").last ?? ""
        #expect(curve.split(separator: "M").count == 3)
        #expect(!chart.html.text.contains("nan"))
    }

    @Test func `numbers are shown as people write them`() {
        #expect(ReportText.count(1_234_567) == "1,234,567")
        for value in [Double.greatestFiniteMagnitude, -.greatestFiniteMagnitude, .infinity, .nan] {
            #expect(!ReportText.number(value).isEmpty)
        }
        #expect(ReportText.count(-999) == "-999")
        #expect(
            [0.1234, 1.5, 12.96, 123.4, 1234.5].map(ReportText.number)
                == ["0.123", "1.5", "13", "123", "1,235"])
        #expect(
            [0, 0.001, 2, 33.333, 99.999, 100].map(ReportText.percent)
                == ["0%", "<0.01%", "2%", "33.33%", ">99.99%", "100%"])
        #expect(ReportText.milliseconds(12_500) == "12.5 s")
        #expect(ReportText.duration(3_725) == "1 h 2 min")
        #expect(ReportText.elapsed(3_725) == "1:02:05" && ReportText.elapsed(-65) == "−1:05")
        #expect(ReportText.moment(start) == "15 Jan 2027, 08:00:00 UTC")
    }
}

struct HistogramLogTests {
    @Test func `a line tells of the time since the observation before`() async throws {
        let history = SampleHistory(seconds: 3)
        let endpoint = Endpoint(method: "GET", name: "/cart")
        let samples = try await history.samples(of: RunID("r"), endpoint: endpoint)
        let lines = HistogramLog.lines(
            samples, of: endpoint, in: (start + 1.5)..<(start + 3), start: start)
        #expect(lines.count == 1)
        let fields = try #require(lines.first).text.split(separator: ",")
        #expect(fields.prefix(3) == ["Tag=GET:/cart", "1.000", "1.000"])
        #expect(fields.last?.hasPrefix("HISTFAAAA") == true)
        #expect(HistogramLog.head(start: start).contains("#[StartTime: 1800000000.000 (seconds"))
    }
}
