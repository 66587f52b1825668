import Exposition
import JSON

/// Families as a metrics export request of OTLP 1.x in its JSON form: the mapping of protobuf that
/// opentelemetry-proto describes, with 64-bit integers as text and fields in lowerCamelCase.
struct OTLPMetrics {
    /// `AGGREGATION_TEMPORALITY_CUMULATIVE`: each point counts from `start` on, so that one that is
    /// lost costs resolution and no counts.
    private static let cumulative = JSONValue.int(2)

    /// Since when the process counts, in nanoseconds since 1970.
    let start: UInt64
    let now: UInt64
    let version: String
    let instance: String

    func body(of families: [MetricFamily]) -> JSONValue {
        .object([
            "resourceMetrics": .array([
                .object([
                    "resource": .object(["attributes": .array(resource)]),
                    "scopeMetrics": .array([
                        .object([
                            "scope": .object([
                                "name": .string("swarmkeeper"), "version": .string(version),
                            ]),
                            "metrics": .array(
                                families.filter { !$0.points.isEmpty }.map(metric)),
                        ])
                    ]),
                ])
            ])
        ])
    }

    private var resource: [JSONValue] {
        attributes([
            ("service.name", "swarmkeeper"), ("service.version", version),
            ("service.instance.id", instance),
        ])
    }

    private func metric(_ family: MetricFamily) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(family.name), "description": .string(family.help),
        ]
        // UCUM, as OpenTelemetry's conventions have it.
        members["unit"] = .string(["seconds": "s", "bytes": "By"][family.unit ?? ""] ?? "1")
        let points = JSONValue.array(family.points.map(point))
        switch family.kind {
        case .counter:
            members["sum"] = .object([
                "aggregationTemporality": Self.cumulative, "isMonotonic": .bool(true),
                "dataPoints": points,
            ])
        case .gauge, .info: members["gauge"] = .object(["dataPoints": points])
        case .histogram:
            members["histogram"] = .object([
                "aggregationTemporality": Self.cumulative, "dataPoints": points,
            ])
        }
        return .object(members)
    }

    private func point(_ point: MetricPoint) -> JSONValue {
        let began = point.created.map { UInt64(max(0, $0) * 1e9) } ?? start
        var members: [String: JSONValue] = [
            "attributes": .array(attributes(point.labels)),
            "startTimeUnixNano": .string("\(min(began, now))"), "timeUnixNano": .string("\(now)"),
        ]
        switch point.value {
        case .number(let value): members["asDouble"] = Self.number(value)
        case .histogram(let histogram):
            members["count"] = .string("\(histogram.total)")
            members["sum"] = Self.number(histogram.sum)
            members["explicitBounds"] = .array(histogram.bounds.map { .double($0) })
            members["bucketCounts"] = .array(histogram.counts.map { .string("\($0)") })
        }
        return .object(members)
    }

    /// JSON has no word for what is no number; protobuf's mapping has.
    private static func number(_ value: Double) -> JSONValue {
        if value.isNaN { return .string("NaN") }
        if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
        return .double(value)
    }

    private func attributes(_ labels: [(name: String, value: String)]) -> [JSONValue] {
        labels.map { name, value in
            .object([
                "key": .string(name), "value": .object(["stringValue": .string(value)]),
            ])
        }
    }
}
