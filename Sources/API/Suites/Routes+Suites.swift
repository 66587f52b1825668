import ControlPlane
import HTTPServer

extension Routes {
    static let suites: [APIRoute] = definedSuites + suiteRuns

    private static let definedSuites: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/suites", permission: .configure,
            summary: "Define a suite: load tests that are run as one", body: Schemas.suiteInput,
            answers: [.init(201, "The suite", Schemas.suite)], refusals: [.tooManySuites],
            recall: SuiteHandlers.recall, admission: .changes, audit: .action("suite.create"),
            handler: SuiteHandlers.create),
        .init(
            method: "GET", path: "/v1/suites", permission: .read,
            summary: "List suites, newest first", query: Parameters.suites,
            answers: [.init(200, "A page of suites", Schemas.suitePage)],
            admission: .reads, audit: .none, handler: SuiteHandlers.list),
        .init(
            method: "GET", path: "/v1/suites/{id}", permission: .read, summary: "Read a suite",
            answers: [.init(200, "The suite", Schemas.suite)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: SuiteHandlers.read),
        .init(
            method: "PUT", path: "/v1/suites/{id}", permission: .configure,
            summary: "Replace a suite; its runs keep what they were started with",
            body: Schemas.suiteInput, answers: [.init(200, "The suite", Schemas.suite)],
            refusals: [.notFound, .versionConflict], takesIfMatch: true,
            admission: .changes, audit: .action("suite.replace"), handler: SuiteHandlers.replace),
        .init(
            method: "DELETE", path: "/v1/suites/{id}", permission: .configure,
            summary: "Delete a suite; its runs stay, and go on",
            answers: [.init(204, "Deleted")], refusals: [.notFound, .versionConflict],
            takesIfMatch: true, admission: .changes, audit: .action("suite.delete"),
            handler: SuiteHandlers.delete),
        .init(
            method: "POST", path: "/v1/suites/{id}/start", permission: .start,
            summary: "Run the load tests of a suite, one step behind the other, to one verdict",
            body: Schemas.suiteStartInput, bodyIsOptional: true,
            answers: [.init(202, "The suite run, accepted", Schemas.suiteRun)],
            refusals: [.notFound, .tooManySuiteRuns, .startingUp, .shuttingDown],
            recall: SuiteRunHandlers.recall, admission: .changes, audit: .action("suite.start"),
            handler: SuiteRunHandlers.start),
    ]

    private static let suiteRuns: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/suiteruns", permission: .read,
            summary: "List suite runs, newest first", query: Parameters.suiteRuns,
            answers: [.init(200, "A page of suite runs", Schemas.suiteRunPage)],
            admission: .reads, audit: .none, handler: SuiteRunHandlers.list),
        .init(
            method: "GET", path: "/v1/suiteruns/{id}", permission: .read,
            summary: "Read a suite run, with its runs and its verdict",
            answers: [.init(200, "The suite run", Schemas.suiteRun)], refusals: [.notFound],
            admission: .reads, audit: .none, handler: SuiteRunHandlers.read),
        .init(
            method: "POST", path: "/v1/suiteruns/{id}/stop", permission: .start,
            summary: "Stop all runs of a suite run and start no more; repeating it is no error",
            body: Schemas.stopInput, bodyIsOptional: true,
            answers: [
                .init(202, "The suite run, stopping", Schemas.suiteRun),
                .init(200, "The suite run was over already", Schemas.suiteRun),
            ], refusals: [.notFound, .startingUp, .shuttingDown],
            bodyBytesMax: ServerLimits.urgentBodyBytesMax, admission: .stops,
            audit: .action("suiteRun.stop"), isUrgent: true, budget: .stops,
            handler: SuiteRunHandlers.stop),
    ]
}

extension Parameters {
    static let suites = ofPlaces + page

    static let suiteRuns =
        ofPlaces.filter { $0.name != "q" } + [
            QueryParameter(
                name: "suiteId", schema: .text(1, max: 100), description: "Of this suite")
        ] + page
}
