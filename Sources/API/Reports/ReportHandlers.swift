import ControlPlane
import Foundation
import HTTP
import JSON
import Reports

enum ReportHandlers {
    enum Format: String, CaseIterable {
        case html
        case markdown
        case json
    }

    static func report(_ call: Call) async throws(Problem) -> Response {
        let record = try await RunHandlers.find(call)
        let run = record.run
        let format = call.query("format").flatMap(Format.init) ?? .html
        let baseline = try await baseline(of: run, call)
        let tag = tag(of: run, format, baseline)
        if let tag, call.request.headers.values("If-None-Match").contains(where: { $0.has(tag) }) {
            return Response(status: 304, headers: ["ETag": tag])
        }
        let report = try await gather(record, beside: baseline, call)
        var response = write(report, format, call)
        if let tag { response.headers.set("ETag", tag) }
        return response
    }

    /// - Parameter baseline: nil to compare the run with nothing.
    static func gather(_ record: RunRecord, beside baseline: Baseline? = nil, _ call: Call)
        async throws(Problem) -> RunReport
    {
        let catalog = await call.services.orchestrator.currentCatalog
        let kind = catalog.cluster(record.run.clusterID)?.kind
        let (history, now) = (call.services.history, call.services.time.now)
        return try await call.perform { () async throws(ControlPlaneError) in
            var report = try await RunReport.gather(record, on: kind, from: history, at: now)
            guard let baseline else { return report }
            report.comparison = try await RunComparison.compare(
                record.run, with: baseline, from: history)
            return report
        }
    }

    /// Of a run that has one by its own definition: whoever reads the report of a run may see what
    /// it was judged by.
    private static func baseline(of run: Run, _ call: Call) async throws(Problem) -> Baseline? {
        guard run.state.isOver, run.startRequestedAt != nil else { return nil }
        let scope = Scope.environments([run.spec.envId], of: run.spec.tenantId)
        let history = call.services.history
        return try await call.perform { () async throws(ControlPlaneError) in
            if let judged = run.verdict?.baseline {
                return try await Baseline.recall(judged, in: scope, from: history)
            }
            guard let rule = run.spec.baseline else { return nil }
            return try await Baseline.find(rule, for: run, in: scope, from: history)
        }
    }

    private static func write(_ report: RunReport, _ format: Format, _ call: Call) -> Response {
        switch format {
        case .html: return page(report)
        case .markdown:
            let markdown = MarkdownReport(report, link: link(to: report.run, call))
            return document(markdown.text, MarkdownReport.mediaType, of: report.run, ending: "md")
        case .json:
            return .json(
                200, report.json,
                headers: ["Content-Disposition": disposition(of: report.run, ending: "json")])
        }
    }

    static func page(_ report: RunReport) -> Response {
        var response = document(
            ReportPage(report).text, ReportPage.mediaType, of: report.run, ending: "html")
        response.headers.set("Content-Security-Policy", ReportPage.contentSecurityPolicy)
        return response
    }

    private static func document(
        _ text: String, _ type: String, of run: Run, ending: String
    ) -> Response {
        Response(
            status: 200,
            headers: [
                "Content-Type": type, "Content-Disposition": disposition(of: run, ending: ending),
            ], body: Array(text.utf8))
    }

    /// Shown where it can be, and kept under this name.
    private static func disposition(of run: Run, ending: String) -> String {
        "inline; filename=\"\(ReportFileName.text(of: run, ending: ending))\""
    }

    /// Another start of the service may be another version of it, which writes another report of
    /// the same run.
    private static let process = UUID().uuidString

    /// Nil for a run whose report still changes. What the run is compared with is part of it: that
    /// may be deleted.
    private static func tag(of run: Run, _ format: Format, _ baseline: Baseline?) -> String? {
        guard run.state.isOver else { return nil }
        let compared = baseline.map { [$0.missing ?? ""] + ($0.runs + $0.history).map(\.id.text) }
        let parts =
            [process, run.id.text, "\(run.revision)", format.rawValue] + (compared ?? [])
        let digest = Digest(of: Array(parts.joined(separator: "\n").utf8))
        return "\"\(digest.hex.prefix(32))\""
    }

    /// Where the caller finds the run, by the name under which it knows the service.
    private static func link(to run: Run, _ call: Call) -> String? {
        guard let host = call.request.headers["Host"], (1...255).contains(host.utf8.count),
            host.allSatisfy({
                $0.isASCII && ($0.isLetter || $0.isNumber || "-.:[]".contains($0))
            })
        else { return nil }
        return "http\(call.request.isSecure ? "s" : "")://\(host)/#/runs/\(run.id)"
    }
}

extension String {
    /// Whether this value of `If-None-Match` names the tag (RFC 9110, section 13.1.2).
    fileprivate func has(_ tag: String) -> Bool {
        split(separator: ",").contains { part in
            let name = part.trimmingCharacters(in: .whitespaces)
            return name == "*" || name == tag || name == "W/" + tag
        }
    }
}
