import ControlPlane

extension Routes {
    /// Streams that last: none of them holds a place of other requests.
    static let live: [APIRoute] = [
        .init(
            method: "GET", path: "/v1/runs/{id}/events", permission: .read,
            summary: "A run live, as server-sent events: run, sample, timeline, reset, dropped, "
                + "and end as the last",
            answers: [.init(200, description, types: ["text/event-stream"])],
            refusals: [.notFound], takesLastEventID: true,
            admission: .reads, audit: .none, handler: LiveHandlers.run),
        .init(
            method: "GET", path: "/v1/events", permission: .read,
            summary: "All runs that the caller can see, and their clusters, live, as server-sent "
                + "events without an end",
            query: Parameters.live,
            answers: [.init(200, description, types: ["text/event-stream"])],
            takesLastEventID: true,
            admission: .reads, audit: .none, handler: LiveHandlers.runs),
    ]

    private static let description =
        "Events with an id, a name and one line of JSON. run is what GET /v1/runs/{id} answers, "
        + "timeline an item of its timeline and cluster one of GET /v1/clusters; sample is an item "
        + "of GET /v1/runs/{id}/metrics since the sample before, and where many runs are watched "
        + "the run's lastMetrics; all with runId. reset tells that the id is too old, or of an "
        + "earlier process, so that the history has to be read anew; dropped that the reader was "
        + "too slow. The stream ends when its token does."
}

extension Parameters {
    static let live: [QueryParameter] = [
        .init(name: "tenantId", schema: .text(1, max: 100), description: "Of this tenant"),
        .init(name: "envId", schema: .text(1, max: 100), description: "Of this environment"),
    ]
}
