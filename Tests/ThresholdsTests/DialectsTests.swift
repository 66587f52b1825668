import Testing

@testable import Thresholds

struct DialectsTests {
    @Test(arguments: [
        ("p95 < 300ms", "p95 < 300ms"),
        ("http_req_duration: p(95)<200", "p95 < 200ms"),
        ("http_req_duration{name:GET /cart}: p(99.9) <= 1500", "p99.9 of \"GET /cart\" <= 1500ms"),
        ("http_req_duration: med<20", "p50 < 20ms"),
        ("http_req_failed: rate<0.01", "errorRate < 1%"),
        ("http_reqs: rate>500", "rps > 500/s"),
        ("http_reqs: count>=1000", "count >= 1000"),
        ("dropped_iterations: count<1", "dropped < 1"),
        ("p95(response_time_ms) > 300", "p95 <= 300ms"),
        ("GetCart: avg(response_time_ms) >= 200", "mean of \"GetCart\" < 200ms"),
        ("percentage(error) > 50", "errorRate <= 50%"),
        ("avg(requests_per_sec) < 78", "rps >= 78/s"),
        ("p95 of \"x(error): y(requests)\" < 1s", "p95 of \"x(error): y(requests)\" < 1000ms"),
        ("p90>1s, stop as failed", "p90 <= 1000ms"),
        ("avg-rt of cart>150ms, continue as failed", "mean of \"cart\" <= 150ms"),
        ("failures>50%, stop as failed", "errorRate <= 50%"),
    ])
    func `what means exactly the same is translated`(text: String, ours: String) throws {
        #expect(ThresholdText.write(try Dialects.read(text)) == ours)
    }

    @Test(arguments: [
        ("http_req_duration: p(0)<1", "expected a percentile"),
        ("http_req_duration: p(95<1", "expected a percentile"),
        ("http_req_duration: stddev<1", "cannot"),
        ("http_req_duration{method:GET}: p(95)<1", "only name"),
        ("http_req_duration: p(95)<200ms", "expected"),
        ("p95(error) > 5", "cannot"),
        ("p90>1s for 10s, stop as failed", "write it our way"),
        ("p90>1s, stop as successful", "as failed"),
        ("avg-ct>1s, stop as failed", "cannot be translated"),
    ])
    func `what would mean something else is refused`(text: String, reason: String) {
        do {
            let threshold = try Dialects.read(text)
            Issue.record("read as \(threshold)")
        } catch {
            #expect(error.reason.contains(reason) || reason == "cannot", "\(error)")
        }
    }
}
