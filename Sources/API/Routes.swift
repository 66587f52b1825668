import ControlPlane
import HTTPServer

/// Every path of the service on one screen.
enum Routes {
    static let all: [APIRoute] =
        loadTests + runs + live + comparisons + reports + shares + approvals + schedules + suites
        + firstAPI + catalog + credentials + emergency + webhooks + tokens + users + login
        + callbacks + audit + service + dashboard

    static let startRefusals: [ProblemCode] = [
        .emergencyStop, .frozen, .noCluster, .tooManyUsers, .targetNotAllowed, .clusterBusy,
        .limitReached, .tooManyAwaiting, .startingUp, .shuttingDown,
    ]
    private static let stopRefusals: [ProblemCode] = [
        .notFound, .notAwaitingApproval, .startingUp, .shuttingDown,
    ]
    private static let usersRefusals: [ProblemCode] = [
        .notFound, .tooManyUsers, .clusterBusy, .limitReached, .runIsOver, .usersNotChangeable,
        .beyondApproval, .clusterRefused, .clusterUncertain, .startingUp, .shuttingDown,
    ]

    private static let loadTests: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/load-tests", permission: .configure,
            summary: "Define a load test", body: Schemas.loadTestInput,
            answers: [.init(201, "The load test", Schemas.loadTest)],
            recall: LoadTestHandlers.recall,
            admission: .changes, audit: .action("loadTest.create"),
            handler: LoadTestHandlers.create),
        .init(
            method: "GET", path: "/v1/load-tests", permission: .read, summary: "List load tests",
            query: Parameters.loadTests,
            answers: [.init(200, "A page of load tests", Schemas.loadTestPage)],
            admission: .reads, audit: .none, handler: LoadTestHandlers.list),
        .init(
            method: "GET", path: "/v1/load-tests/{id}", permission: .read,
            summary: "Read a load test", answers: [.init(200, "The load test", Schemas.loadTest)],
            refusals: [.notFound],
            admission: .reads, audit: .none, handler: LoadTestHandlers.read),
        .init(
            method: "PUT", path: "/v1/load-tests/{id}", permission: .configure,
            summary: "Replace a load test; its runs keep what they were started with",
            body: Schemas.loadTestInput,
            answers: [.init(200, "The load test", Schemas.loadTest)],
            refusals: [.notFound, .versionConflict], takesIfMatch: true,
            admission: .changes, audit: .action("loadTest.replace"),
            handler: LoadTestHandlers.replace),
        .init(
            method: "DELETE", path: "/v1/load-tests/{id}", permission: .configure,
            summary: "Delete a load test without live runs; its past runs stay",
            answers: [.init(204, "Deleted")],
            refusals: [.notFound, .loadTestInUse, .versionConflict], takesIfMatch: true,
            admission: .changes, audit: .action("loadTest.delete"),
            handler: LoadTestHandlers.delete),
        .init(
            method: "POST", path: "/v1/load-tests/{id}/runs", permission: .start,
            summary: "Start a run of a load test", body: Schemas.runInput, bodyIsOptional: true,
            answers: [.init(202, "The run, accepted", Schemas.run)],
            refusals: [.notFound, .versionConflict] + startRefusals, recall: RunHandlers.recall,
            takesIfMatch: true,
            bodyBytesMax: RunHandlers.startBodyBytesMax,
            admission: .changes, audit: .action("run.start"), handler: RunHandlers.start),
        .init(
            method: "GET", path: "/v1/load-tests/{id}/runs", permission: .read,
            summary: "List the runs of a load test", query: Parameters.runsOfLoadTest,
            answers: [.init(200, "A page of runs", Schemas.runPage)],
            admission: .reads, audit: .none, handler: RunHandlers.listOfLoadTest),
    ]

    private static let runs: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/runs", permission: .read, summary: "List runs",
            query: Parameters.runs, answers: [.init(200, "A page of runs", Schemas.runPage)],
            admission: .reads, audit: .none, handler: RunHandlers.list),
        .init(
            method: "GET", path: "/v1/runs/{id}", permission: .read, summary: "Read a run",
            answers: [.init(200, "The run", Schemas.run)], refusals: [.notFound], admission: .reads,
            audit: .none,
            handler: RunHandlers.read),
        .init(
            method: "POST", path: "/v1/runs/{id}/stop", permission: .start,
            summary: "Stop a run; repeating it is no error", body: Schemas.stopInput,
            bodyIsOptional: true,
            answers: [
                .init(202, "The run, stopping", Schemas.run),
                .init(200, "The run was over already, or was queued", Schemas.run),
            ], refusals: stopRefusals, bodyBytesMax: ServerLimits.urgentBodyBytesMax,
            admission: .stops, audit: .action("run.stop"), isUrgent: true, budget: .stops,
            handler: RunHandlers.stop),
        .init(
            method: "POST", path: "/v1/runs/{id}/users", permission: .start,
            summary: "Change the users of a run that is Starting or Running",
            body: Schemas.usersInput,
            answers: [.init(202, "The run; its cluster has taken the change", Schemas.run)],
            refusals: usersRefusals, bodyBytesMax: RunHandlers.usersBodyBytesMax,
            admission: .changes, audit: .action("run.changeUsers"),
            handler: RunHandlers.changeUsers),
        .init(
            method: "GET", path: "/v1/runs/{id}/metrics", permission: .read,
            summary: "The run over time, of all requests or of one endpoint",
            query: Parameters.metrics, answers: [.init(200, "The series", Schemas.series)],
            refusals: [.notFound],
            admission: .reads, audit: .none, handler: MetricsHandlers.series),
        .init(
            method: "GET", path: "/v1/runs/{id}/summary", permission: .read,
            summary: "Totals, endpoints and errors of a run",
            answers: [.init(200, "The summary", Schemas.summary)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: MetricsHandlers.summary),
        .init(
            method: "GET", path: "/v1/runs/{id}/timeline", permission: .read,
            summary: "What was asked of the run's cluster, and what was seen, oldest first",
            query: Parameters.page,
            answers: [.init(200, "A page of the timeline", Schemas.timelinePage)],
            refusals: [.notFound],
            admission: .reads, audit: .none, handler: TimelineHandlers.timeline),
    ]

    /// The first API's paths: a test there is a run of a definition of its own.
    private static let firstAPI: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/tests", permission: .start,
            summary: "Start a run of an ad-hoc definition", body: Schemas.testInput,
            answers: [.init(202, "The run, accepted", Schemas.run)],
            refusals: startRefusals,
            recall: RunHandlers.recallAdHoc,
            admission: .changes, audit: .action("run.start"), handler: RunHandlers.startAdHoc),
        .init(
            method: "GET", path: "/v1/tests", permission: .read, summary: "List runs",
            query: Parameters.runs, answers: [.init(200, "A page of runs", Schemas.runPage)],
            admission: .reads, audit: .none, handler: RunHandlers.list),
        .init(
            method: "GET", path: "/v1/tests/{id}", permission: .read, summary: "Read a run",
            answers: [.init(200, "The run", Schemas.run)], refusals: [.notFound], admission: .reads,
            audit: .none,
            handler: RunHandlers.read),
        .init(
            method: "POST", path: "/v1/tests/{id}/stop", permission: .start,
            summary: "Stop a run", body: Schemas.stopInput, bodyIsOptional: true,
            answers: [
                .init(202, "The run, stopping", Schemas.run),
                .init(200, "The run was over already", Schemas.run),
            ], refusals: stopRefusals, bodyBytesMax: ServerLimits.urgentBodyBytesMax,
            admission: .stops, audit: .action("run.stop"), isUrgent: true, budget: .stops,
            handler: RunHandlers.stop),
    ]

    private static let catalog: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/clusters", permission: .read,
            summary: "List the clusters and how they are",
            query: Parameters.clusters, answers: [.init(200, "All clusters", Schemas.clusters)],
            admission: .surveys, audit: .none, handler: CatalogHandlers.clusters),
        .init(
            method: "GET", path: "/v1/tenants", permission: .read, summary: "List the tenants",
            answers: [.init(200, "All tenants", Schemas.tenants)], asksStore: false,
            admission: .reads, audit: .none, handler: CatalogHandlers.tenants),
        .init(
            method: "GET", path: "/v1/environments", permission: .read,
            summary: "List the tenants' environments",
            answers: [.init(200, "All environments", Schemas.environments)], asksStore: false,
            admission: .reads, audit: .none, handler: CatalogHandlers.environments),
    ]

    /// What the service itself has to prove to a master.
    private static let credentials: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/clusters/{id}/credentials", permission: .administer,
            summary: "Whether a Locust cluster was given credentials; they are never shown",
            answers: [.init(200, "Whether, when and by whom", Schemas.clusterCredentials)],
            refusals: [.notFound, .clusterIsNative],
            admission: .reads, audit: .none, handler: CredentialHandlers.read),
        .init(
            method: "PUT", path: "/v1/clusters/{id}/credentials", permission: .administer,
            summary: "Use these credentials for a Locust master from now on, also for live runs; "
                + "stored encrypted",
            body: Schemas.clusterCredentialsInput,
            answers: [.init(200, "They are used", Schemas.clusterCredentials)],
            refusals: [.notFound, .clusterIsNative, .noEncryptionKey],
            admission: .changes, audit: .action("cluster.setCredentials"),
            handler: CredentialHandlers.set),
        .init(
            method: "DELETE", path: "/v1/clusters/{id}/credentials", permission: .administer,
            summary: "Go back to the configuration's credentials",
            answers: [.init(204, "Done, also where there were no others")],
            refusals: [.notFound, .clusterIsNative],
            admission: .changes, audit: .action("cluster.deleteCredentials"),
            handler: CredentialHandlers.delete),
    ]

    private static let callbacks: [APIRoute] = [
        callback("test-start", "A hook's message that its test has started", .testStart),
        callback("metrics", "A hook's numbers so far", .metrics),
        callback("test-stop", "A hook's last numbers", .testStop),
    ]

    private static func callback(
        _ name: String, _ summary: String, _ kind: Callback.Kind
    ) -> APIRoute {
        .init(
            method: "POST", path: "/v1/callbacks/\(name)", permission: .report, summary: summary,
            body: Schemas.callbackInput,
            answers: [.init(200, "What the hook has to do", Schemas.callbackAnswer)],
            refusals: [.notFound, .runIsOver, .startingUp, .shuttingDown],
            bodyBytesMax: CallbackHandlers.bodyBytesMax, admission: .callbacks,
            audit: .refusals("callback.report"),
            budget: .callbacks,
            handler: { call async throws(Problem) in
                try await CallbackHandlers.receive(call, kind)
            })
    }

    private static let audit: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/audit", permission: .administer,
            summary: "What was done and refused, newest first; of the caller's tenant, or of all",
            query: Parameters.audit,
            answers: [.init(200, "A page of records", Schemas.auditPage)],
            admission: .reads, audit: .none, handler: AuditHandlers.list),
        .init(
            method: "GET", path: "/v1/audit/export", permission: .administer,
            summary: "The same as text, up to \(AuditQuery.exportMax) records at a time",
            query: Parameters.auditExport,
            answers: [
                .init(
                    200, "Records; more of them follow with the cursor in X-Next-Cursor",
                    types: AuditText.Format.allCases.map(\.mediaType))
            ],
            admission: .reads, audit: .none, handler: AuditHandlers.export),
        .init(
            method: "GET", path: "/v1/audit/head", permission: .administer,
            summary: "The end of the chain of records, or of the tenant's part of it, to be kept "
                + "elsewhere",
            answers: [.init(200, "The end", Schemas.auditHead)],
            admission: .reads, audit: .none, handler: AuditHandlers.head),
    ]

    private static let service: [APIRoute] = [
        .init(
            method: "GET", path: "/health", permission: nil, summary: "Whether the process lives",
            answers: [.init(200, "It does", Schemas.health)], asksStore: false,
            bodyBytesMax: ServerLimits.urgentBodyBytesMax, admission: nil, audit: .none,
            isUrgent: true, budget: nil, handler: ServiceHandlers.health),
        .init(
            method: "GET", path: "/ready", permission: nil,
            summary:
                "Whether runs can be started: 503 at the start, at the end, and without the store",
            answers: [.init(200, "They can", Schemas.health)],
            refusals: [.startingUp, .shuttingDown], admission: .probes, audit: .none, budget: nil,
            handler: ServiceHandlers.ready),
        .init(
            method: "GET", path: "/metrics", permission: .read, mayBeOpen: true,
            summary: "The service and its runs in figures, for Prometheus: OpenMetrics 1.0 where "
                + "Accept asks for it. A tenant's token is shown the tenant's runs alone",
            answers: [
                .init(
                    200, "Figures",
                    types: ["application/openmetrics-text", "text/plain"])
            ],
            // What it shows of runs is then as old as the store's last answer.
            asksStore: false, admission: .reads, audit: .none,
            handler: ExpositionHandlers.metrics),
        .init(
            method: "GET", path: "/openapi.json", permission: nil, summary: "This document",
            answers: [.init(200, "OpenAPI 3.1")], asksStore: false, admission: nil, audit: .none,
            handler: ServiceHandlers.openAPI),
    ]
}
