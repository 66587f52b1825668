import Reports

extension Routes {
    static let reports: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/runs/{id}/report", permission: .read,
            summary: "All that is known of a run, to be forwarded: a page in one file, Markdown "
                + "for a pull request, or JSON; of a live run what is known so far",
            query: Parameters.report,
            answers: [
                .init(
                    200, "The report; of a run that is over with an ETag", Schemas.report,
                    types: ["text/html", "text/markdown"]),
                .init(304, "It is still the one that If-None-Match names"),
            ],
            refusals: [.notFound],
            admission: .exports, audit: .none, handler: ReportHandlers.report),
        .init(
            method: "GET", path: "/v1/runs/{id}/export", permission: .read,
            summary: "The numbers of a run for other programs, up to \(ExportHandlers.rowsMax) "
                + "rows at a time: more follow with the cursor in X-Next-Cursor",
            query: Parameters.export,
            answers: [
                .init(200, "The rows", Schemas.export, types: ["text/csv", "text/plain"])
            ],
            refusals: [.notFound, .noHistograms],
            admission: .exports, audit: .none, handler: ExportHandlers.export),
    ]

    /// Who may start load may also show what came of it: a link gives away no more than its maker
    /// could send as a file, and can be taken back.
    static let shares: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/runs/{id}/shares", permission: .start,
            summary: "Make a link that shows the run's report to whoever has it; it is told in "
                + "this answer and never again",
            body: Schemas.shareInput, bodyIsOptional: true,
            answers: [.init(201, "The link, with its secret", Schemas.newShare)],
            refusals: [.notFound, .tooManyShares, .noRandomNumbers],
            recall: ShareHandlers.recall, keptForm: ShareHandlers.withoutSecret,
            admission: .changes, audit: .action("run.share"), handler: ShareHandlers.create),
        .init(
            method: "GET", path: "/v1/runs/{id}/shares", permission: .read,
            summary: "List the links to a run's report, newest first, without their secrets",
            answers: [.init(200, "The links", Schemas.shares)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: ShareHandlers.list),
        .init(
            method: "DELETE", path: "/v1/runs/{id}/shares/{shareId}", permission: .start,
            summary: "Revoke a link at once and for good; repeating it is no error",
            answers: [.init(204, "Revoked")], refusals: [.notFound],
            admission: .changes, audit: .action("run.unshare"), handler: ShareHandlers.revoke),
        .init(
            method: "GET", path: "/shared/{secret}", permission: nil,
            summary: "The report of one run, for whoever has the link",
            answers: [
                .init(200, "The report", types: ["text/html"]),
                .init(
                    404, "Never was a link, expired, revoked, or of a deleted run",
                    types: ["text/html"]),
            ],
            admission: .exports, audit: .none, handler: ShareHandlers.show),
    ]
}

extension Parameters {
    static let report: [QueryParameter] = [
        .init(
            name: "format", schema: .oneOf(ReportHandlers.Format.allCases.map(\.rawValue)),
            description: "html by default")
    ]

    static let export: [QueryParameter] = [
        .init(
            name: "format", schema: .oneOf(ExportHandlers.Format.allCases.map(\.rawValue)),
            description: "csv by default; hlog is HdrHistogram's log of response times, of runs "
                + "that have histograms"),
        .init(
            name: "part", schema: .oneOf(ExportHandlers.Part.allCases.map(\.rawValue)),
            description: "summary, a row for each endpoint, by default; or series, a row for each "
                + "step and endpoint"),
        .init(
            name: "resolution", schema: .duration(1...86_400),
            description: "Length of a step of the series; 1 s by default"),
        .init(
            name: "limit", schema: .integer(1...ExportHandlers.rowsMax),
            description: "Rows at a time; \(ExportHandlers.rowsMax) by default, and at most "
                + "\(ExportHandlers.linesMax) of a log"),
        .init(
            name: "cursor", schema: .text(1, max: 2000),
            description: "X-Next-Cursor or nextCursor of the answer before; an answer without one "
                + "is the last"),
    ]
}
