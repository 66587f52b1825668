import ControlPlane
import Foundation
import JSON

/// One row of an export: the same names and values in all formats, and the same as the API's.
package struct ExportRow: Equatable, Sendable {
    /// In the order of the columns.
    package let cells: [(name: String, value: JSONValue)]

    package static func == (left: ExportRow, right: ExportRow) -> Bool {
        left.cells.elementsEqual(right.cells) { $0.name == $1.name && $0.value == $1.value }
    }

    package var csv: String { CSV.line(cells.map(\.value)) }
    package var csvHead: String { CSV.line(cells.map { .string($0.name) }) }
    package var json: JSONValue {
        .object(Dictionary(cells.map { ($0.name, $0.value) }) { first, _ in first })
    }

    /// All requests, then each endpoint.
    package static func summary(_ summary: RunSummary) -> [ExportRow] {
        ([summary.totals] + summary.endpoints).map { row in
            ExportRow(
                cells: place(row.endpoint) + [
                    ("requests", number(row.requests)), ("failures", number(row.failures)),
                    ("errorRate", number(row.errorRate)), ("rps", number(row.rps)),
                    ("avgResponseMs", number(row.avgResponseMs)),
                    ("minResponseMs", number(row.minResponseMs)),
                    ("maxResponseMs", number(row.maxResponseMs)),
                    ("p50ResponseMs", number(row.p50ResponseMs)),
                    ("p95ResponseMs", number(row.p95ResponseMs)),
                    ("p99ResponseMs", number(row.p99ResponseMs)),
                    (
                        "percentileSource",
                        row.percentileSource.map { .string($0.rawValue) } ?? .null
                    ),
                ])
        }
    }

    /// One step of one endpoint, or of all requests.
    ///
    /// - Parameter start: of the run.
    package static func step(
        _ point: TimeSeries.Point, of endpoint: Endpoint?, since start: Date
    ) -> ExportRow {
        ExportRow(
            cells: [
                ("time", .string(Timestamp.format(point.time))),
                ("second", number(point.time.timeIntervalSince(start))),
            ] + place(endpoint) + [
                ("users", number(point.users)), ("workers", number(point.workers)),
                ("requests", number(point.requests)), ("failures", number(point.failures)),
                ("rps", number(point.rps)), ("failuresPerSecond", number(point.failuresPerSecond)),
                ("errorRate", number(point.errorRate)),
                ("avgResponseMs", number(point.avgResponseMs)),
                ("p50ResponseMs", number(point.p50ResponseMs)),
                ("p95ResponseMs", number(point.p95ResponseMs)),
                ("p99ResponseMs", number(point.p99ResponseMs)),
            ])
    }

    /// The totals are no endpoint of a name that another may have as well.
    private static func place(_ endpoint: Endpoint?) -> [(name: String, value: JSONValue)] {
        [
            ("scope", .string(endpoint == nil ? "total" : "endpoint")),
            ("method", endpoint.map { .string($0.method) } ?? .null),
            ("name", endpoint.map { .string($0.name) } ?? .null),
        ]
    }

    private static func number(_ number: Int?) -> JSONValue {
        number.map { .int(Int64($0)) } ?? .null
    }

    /// To the six decimals that the API answers.
    private static func number(_ number: Double?) -> JSONValue {
        guard let number, number.isFinite else { return .null }
        return .double((number * 1e6).rounded() / 1e6)
    }
}
