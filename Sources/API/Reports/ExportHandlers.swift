import ControlPlane
import Foundation
import HTTP
import JSON
import Metrics
import Reports

/// The numbers of a run as files for other programs. A long run is told a page at a time, and a
/// page is made of as many steps of time as its limit has room for, which bounds its memory.
enum ExportHandlers {
    enum Format: String, CaseIterable {
        case csv
        case json
        case hlog
    }

    enum Part: String, CaseIterable {
        case summary
        case series
    }

    /// Rows of a page: some 3 MB.
    static let rowsMax = 20_000
    /// The same for a log, whose lines have whole histograms in them: some 3 MB, too.
    static let linesMax = 5_000

    static func export(_ call: Call) async throws(Problem) -> Response {
        let run = try await RunHandlers.find(call).run
        let format = call.query("format").flatMap(Format.init) ?? .csv
        let part = call.query("part").flatMap(Part.init)
        if format == .hlog {
            guard part != .summary else {
                throw .invalidQuery([
                    FieldError(pointer: "?part", message: "must be series with format hlog")
                ])
            }
            return try await log(of: run, call)
        }
        guard part == .series else { return try await summary(of: run, format, call) }
        return try await series(of: run, format, call)
    }

    private static func summary(of run: Run, _ format: Format, _ call: Call)
        async throws(Problem) -> Response
    {
        let (history, now) = (call.services.history, call.services.time.now)
        let summary = try await call.perform { () async throws(ControlPlaneError) in
            try await history.summary(of: run, at: now)
        }
        let rows = ExportRow.summary(summary)
        return answer(rows, of: run, "summary", format, isFirst: true, next: nil, call)
    }

    private static func series(of run: Run, _ format: Format, _ call: Call)
        async throws(Problem) -> Response
    {
        let page = try await ExportPage(of: run, rowsMax: rowsMax, call)
        let rows = try await call.perform { () async throws(ControlPlaneError) in
            try await page.rows(from: call.services.history)
        }
        return answer(rows, of: run, "series", format, isFirst: page.isFirst, next: page.next, call)
    }

    private static func log(of run: Run, _ call: Call) async throws(Problem) -> Response {
        let page = try await ExportPage(of: run, rowsMax: linesMax, call)
        let (lines, hasMore) = try await call.perform { () async throws(ControlPlaneError) in
            let lines = try await page.lines(from: call.services.history)
            // A run whose first page has none may have had no request in that time.
            let isEmpty = lines.isEmpty && page.next == nil && page.isFirst
            return (lines, !isEmpty)
        }
        guard hasMore else {
            throw Problem(
                .noHistograms,
                detail: "run \(run.id) has no histograms: its numbers come from a Locust master "
                    + "without the hook, or there are none")
        }
        let head = page.isFirst ? HistogramLog.head(start: page.start) : ""
        let text = lines.reduce(into: head) { $0 += $1.text }
        return file(
            text, HistogramLog.mediaType, of: run, part: "", ending: "hlog", next: page.next, call)
    }

    private static func answer(
        _ rows: [ExportRow], of run: Run, _ part: String, _ format: Format, isFirst: Bool,
        next: PageMark?, _ call: Call
    ) -> Response {
        if format == .json {
            let cursor = next.map { Pages.cursor($0, call) }
            return .json(
                200,
                .object([
                    "runId": .string(run.id.text), "part": .string(part),
                    "items": .array(rows.map(\.json)), "nextCursor": JSONValue(cursor),
                ]))
        }
        let head = isFirst ? rows.first?.csvHead ?? "" : ""
        let text = rows.reduce(into: head) { $0 += $1.csv }
        return file(text, CSV.mediaType, of: run, part: part, ending: "csv", next: next, call)
    }

    private static func file(
        _ text: String, _ type: String, of run: Run, part: String, ending: String,
        next: PageMark?, _ call: Call
    ) -> Response {
        let name = ReportFileName.text(of: run, part: part, ending: ending)
        var headers: HeaderFields = [
            "Content-Type": type, "Content-Disposition": "attachment; filename=\"\(name)\"",
        ]
        if let next { headers.set("X-Next-Cursor", Pages.cursor(next, call)) }
        return Response(status: 200, headers: headers, body: Array(text.utf8))
    }
}
