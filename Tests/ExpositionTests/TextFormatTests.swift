import Testing

@testable import Exposition

struct TextFormatTests {
    private func text(_ format: TextFormat, _ families: MetricFamily...) -> String {
        String(decoding: format.text(of: families), as: UTF8.self)
    }

    @Test func `OpenMetrics has units, totals, times of creation and an end`() {
        let family = MetricFamily(
            "jobs_seconds", .counter, unit: "seconds", help: "Time.",
            [MetricPoint(1.5, [("kind", "a")], created: 1_700_000_000.25)])
        #expect(
            text(.openMetrics, family) == """
                # HELP jobs_seconds Time.
                # TYPE jobs_seconds counter
                # UNIT jobs_seconds seconds
                jobs_seconds_total{kind="a"} 1.5
                jobs_seconds_created{kind="a"} 1700000000.25
                # EOF

                """)
    }

    @Test func `the older text has none of them, and the total in the name`() {
        let family = MetricFamily(
            "jobs", .counter, help: "Jobs.", [MetricPoint(3, created: 1)])
        #expect(
            text(.prometheus, family) == """
                # HELP jobs_total Jobs.
                # TYPE jobs_total counter
                jobs_total 3

                """)
    }

    @Test func `a histogram's buckets add up and end with all`() {
        let histogram = MetricHistogram(bounds: [0.1, 1], counts: [2, 0, 3], sum: 7.25)
        let family = MetricFamily(
            "wait_seconds", .histogram, unit: "seconds", help: "Waits.",
            [MetricPoint(histogram, [("queue", "x")])])
        #expect(
            text(.prometheus, family) == """
                # HELP wait_seconds Waits.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{queue="x",le="0.1"} 2
                wait_seconds_bucket{queue="x",le="1.0"} 2
                wait_seconds_bucket{queue="x",le="+Inf"} 5
                wait_seconds_count{queue="x"} 5
                wait_seconds_sum{queue="x"} 7.25

                """)
        #expect(family.seriesCount == 5)
    }

    @Test func `an info is one in OpenMetrics, and a gauge before`() {
        let family = MetricFamily(
            "build", .info, help: "B.", [MetricPoint(1, [("version", "2")])])
        #expect(
            text(.openMetrics, family)
                == "# HELP build B.\n# TYPE build info\nbuild_info{version=\"2\"} 1\n# EOF\n")
        #expect(
            text(.prometheus, family)
                == "# HELP build_info B.\n# TYPE build_info gauge\nbuild_info{version=\"2\"} 1\n")
    }

    @Test func `what would end a line or a label is escaped`() {
        let family = MetricFamily(
            "a", .gauge, help: "b\\\n\"", [MetricPoint(1, [("c", "x\"\\\n{}é")])])
        #expect(
            text(.prometheus, family)
                == "# HELP a b\\\\\\n\"\n# TYPE a gauge\na{c=\"x\\\"\\\\\\n{}é\"} 1\n")
        #expect(text(.openMetrics, family).hasPrefix("# HELP a b\\\\\\n\\\"\n"))
    }

    @Test(arguments: [
        (Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (-0.0, "0"), (5, "5"),
        (0.1, "0.1"), (1e300, "1e+300"), (9_007_199_254_740_991, "9007199254740991"),
    ])
    func `numbers are written as both formats read them`(value: Double, text: String) {
        #expect(TextWriter.text(value) == text)
    }

    @Test func `a family without a value is left out`() {
        #expect(text(.openMetrics, MetricFamily("a", .gauge, help: "b")) == "# EOF\n")
    }

    @Test(arguments: [
        (nil, TextFormat.prometheus), ("*/*", .prometheus), ("text/html", .prometheus),
        ("application/openmetrics-text", .openMetrics),
        ("application/openmetrics-text; version=2.0.0", .prometheus),
        ("application/openmetrics-text;q=0", .prometheus),
        ("text/plain, application/openmetrics-text;q=0.5", .prometheus),
        // As Prometheus 2.42 asks.
        (
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;"
                + "version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
        ),
    ])
    func `a scraper gets what it prefers`(accept: String?, format: TextFormat) {
        #expect(TextFormat.accepted(by: accept) == format)
    }
}
