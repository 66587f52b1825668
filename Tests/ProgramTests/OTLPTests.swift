import API
import ControlPlane
import Exposition
import Foundation
import JSON
import Locust
import Logging
import Synchronization
import TestSupport
import Testing

@testable import swarmkeeper

/// Figures as OTLP has them; `TelemetryTests` lets the real protobuf messages judge.
struct OTLPTests {
    private static let request = OTLPMetrics(
        start: 1_000, now: 5_000_000_000, version: "1", instance: "i")

    private func metric(_ family: MetricFamily) throws -> JSONValue {
        let body = Self.request.body(of: [family])
        let scope = body["resourceMetrics"]?.items?.first?["scopeMetrics"]?.items?.first
        return try #require(scope?["metrics"]?.items?.first)
    }

    @Test func `a counter is a cumulative sum that only grows`() throws {
        let metric = try metric(
            MetricFamily(
                "a_seconds", .counter, unit: "seconds", help: "h",
                [MetricPoint(2, [("k", "v")], created: 3)]))
        #expect(metric["unit"] == .string("s") && metric["name"] == .string("a_seconds"))
        let sum = try #require(metric["sum"])
        #expect(sum["isMonotonic"] == .bool(true) && sum["aggregationTemporality"] == .int(2))
        let point = try #require(sum["dataPoints"]?.items?.first)
        #expect(point["startTimeUnixNano"] == .string("3000000000"))
        #expect(point["timeUnixNano"] == .string("5000000000"))
        #expect(point["asDouble"] == .double(2))
        let attribute = point["attributes"]?.items?.first
        #expect(attribute?["key"] == .string("k"))
        #expect(attribute?["value"]?["stringValue"] == .string("v"))
    }

    @Test func `a histogram has the counts of its buckets as they are`() throws {
        let histogram = MetricHistogram(bounds: [1], counts: [2, 3], sum: .infinity)
        let metric = try metric(MetricFamily("h", .histogram, help: "h", [MetricPoint(histogram)]))
        let point = try #require(metric["histogram"]?["dataPoints"]?.items?.first)
        #expect(point["bucketCounts"] == .array([.string("2"), .string("3")]))
        #expect(point["explicitBounds"] == .array([.double(1)]))
        #expect(point["count"] == .string("5") && point["sum"] == .string("Infinity"))
    }

    @Test(arguments: [
        ("3", Duration.seconds(3)), ("-3", .zero), ("100000", OTLPExporter.retryAfterMax),
        ("Thu, 01 Jan 1970 00:00:05 GMT", .seconds(5)), ("soon", nil), (nil, nil),
    ])
    func `Retry-After is read in both of its forms`(field: String?, wait: Duration?) {
        let now = Date(timeIntervalSince1970: 0)
        #expect(OTLPExporter.wait(in: field, at: now) == wait)
    }
}
