import TestSupport
import Testing

@testable import Thresholds

struct ThresholdTextTests {
    @Test(arguments: [
        ("p95 < 300ms", "p95 < 300ms"),
        ("P99.9<=1s", "p99.9 <= 1000ms"),
        ("max < 250us", "max < 0.25ms"),
        ("median<5ms", "p50 < 5ms"),
        ("avg <= 1.5s", "mean <= 1500ms"),
        ("errorRate < 1%", "errorRate < 1%"),
        ("errorrate <= 0.07 %", "errorRate <= 0.07%"),
        ("rps > 500", "rps > 500/s"),
        ("rps >= 0.5/s", "rps >= 0.5/s"),
        ("count>=1000", "count >= 1000"),
        ("dropped < 1", "dropped < 1"),
        ("failures <= 3", "failures <= 3"),
        ("p99 < 800ms for 30s", "p99 < 800ms for 30s"),
        ("rps > 5 for 2m", "rps > 5/s for 120s"),
        ("p95 of \"GET /cart\" < 300ms", "p95 of \"GET /cart\" < 300ms"),
        ("p95 of /cart<300ms", "p95 of \"/cart\" < 300ms"),
        ("p95 of tag < 300ms", "p95 of \"tag\" < 300ms"),
        ("max < 1.001s", "max < 1001ms"),
        ("max < 0.00015ms", "max < 0.00015ms"),
        ("max < 0.001us", "max < 0.000001ms"),
        ("errorRate < 0.000000001%", "errorRate < 0.000000001%"),
        ("rps > 0.000000001", "rps > 0.000000001/s"),
        ("count < 999999999999", "count < 999999999999"),
        ("p95 of \"tag\" < 300ms", "p95 of \"tag\" < 300ms"),
        ("p95 regression < 10%", "p95 regression < 10%"),
        ("P99.9 Regression<=0.07 %", "p99.9 regression <= 0.07%"),
        ("median regression of /cart < 5%", "p50 regression of \"/cart\" < 5%"),
        ("rps regression of \"GET /x\" < 1000%", "rps regression of \"GET /x\" < 1000%"),
        ("errorRate regression < 0.5pp", "errorRate regression < 0.5pp"),
        ("avg regression < 12.5%", "mean regression < 12.5%"),
        (#"p95 of "a \"b\" \\" < 1s"#, #"p95 of "a \"b\" \\" < 1000ms"#),
    ])
    func `a threshold is read, and shown in one spelling`(text: String, shown: String) throws {
        let threshold = try ThresholdText.read(text)
        #expect(ThresholdText.write(threshold) == shown)
        #expect(try ThresholdText.read(shown) == threshold)
    }

    @Test(arguments: [
        ("", 1, "expected a measure"),
        ("p95", 4, "expected <"),
        ("p0 < 1ms", 1, "unknown measure p0"),
        ("p101 < 1ms", 1, "unknown measure p101"),
        ("p99.9999 < 1ms", 1, "unknown measure"),
        ("latency < 1ms", 1, "unknown measure latency: use p95"),
        ("p95 = 1ms", 5, "expected <"),
        ("p95 =< 1ms", 5, "expected <"),
        ("p95 < ms", 7, "expected a number"),
        ("p95 < -1ms", 7, "expected a number"),
        ("count < 1234567890123", 9, "up to 12 digits"),
        ("count < 0.1234567891", 9, "9 decimals"),
        ("p95 < 1e3ms", 8, "a time needs its unit"),
        ("p95 < 300", 10, "a time needs its unit"),
        ("p95 < 300m", 10, "a time needs its unit"),
        ("errorRate < 0.01", 17, "a share needs its unit"),
        ("errorRate < 101%", 16, "at most 100%"),
        ("count > 5/s", 10, "a count has no unit"),
        ("rps > 5ms", 8, "a rate is per second"),
        ("p95 of < 1ms", 8, "expected the name"),
        ("p95 of tag x < 1ms", 12, "no tags"),
        ("max regression < 10%", 1, "max has no regression: use p95"),
        ("p100 regression < 10%", 1, "p100 has no regression"),
        ("dropped regression < 1%", 1, "no regression"),
        ("p95 regression > 10%", 16, "upper limit"),
        ("p95 regression 10%", 16, "expected <"),
        ("p95 regression < 10", 20, "needs its unit: %"),
        ("p95 regression < 10ms", 20, "needs its unit: %"),
        ("p95 regression < 1001%", 18, "at most 1000"),
        ("p95 regression < x", 18, "expected a number"),
        ("errorRate regression < 1%", 25, "percentage points"),
        ("p95 regression < 10% for 30s", 22, "whole runs"),
        ("regression < 10%", 1, "unknown measure"),
        ("p95 of x regression < 10%", 10, "expected <"),
        ("p95 of \"x < 1ms", 8, "not closed"),
        ("p95 of \"\" < 1ms", 8, "empty"),
        ("p95 < 1ms for", 14, "expected a duration"),
        ("p95 < 1ms for 0.5s", 15, "from 1s to 1h"),
        ("p95 < 1ms for 61m", 15, "from 1s to 1h"),
        ("p95 < 1ms please", 11, "expected the end"),
        ("p95 < 1ms for 5s 5s", 18, "expected the end"),
    ])
    func `a wrong one is told where and why`(text: String, column: Int, reason: String) {
        do {
            let threshold = try ThresholdText.read(text)
            Issue.record("read as \(threshold)")
        } catch {
            #expect(error.column == column, "\(error)")
            #expect(error.reason.contains(reason), "\(error)")
        }
    }

    @Test func `a text that is too long is refused`() {
        #expect(throws: ThresholdError.self) {
            try Dialects.read("p95 < 1" + String(repeating: " ", count: 500))
        }
    }

    @Test func `whatever is written, nothing crashes, and what is read is read again`() throws {
        var random = SeededGenerator(seed: 7)
        let pieces = [
            "p95", "regression", "pp", "p99.9", "p(95)", "max", "errorRate", "rps", "of", "tag",
            "\"", "\\", "GET /x",
            "<", "<=", ">", ">=", "=", "300", "0.1", "1e9", "ms", "s", "%", "/s", "for", "30s",
            ":", "{name:x}", "http_req_duration", "(error)", ", stop as failed", " ", "\u{0}", "é",
            "𝟗", "٣",
        ]
        var read = 0
        let texts = [
            "p95 of \"GET /x\" < 300ms for 30s", "errorRate <= 1%", "count>=3",
            "p95 regression of x < 10%", "errorRate regression < 1pp",
            "http_req_duration{name:x}: p(95)<200", "x: p95(response_time_ms) > 300",
            "p90 of x>1s, stop as failed",
        ]
        for _ in 0..<20_000 {
            var text = texts.randomElement(using: &random) ?? ""
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let from = Int.random(in: 0...text.count, using: &random)
                let length = Int.random(in: 0...min(3, text.count - from), using: &random)
                let start = text.index(text.startIndex, offsetBy: from)
                text.replaceSubrange(
                    start..<text.index(start, offsetBy: length),
                    with: pieces.randomElement(using: &random) ?? "")
            }
            do {
                let threshold = try Dialects.read(text)
                read += 1
                #expect(try ThresholdText.read(ThresholdText.write(threshold)) == threshold)
            } catch {
                #expect((1...text.count + 1).contains(error.column), "\(text): \(error)")
            }
        }
        #expect(read > 1000)
    }
}
