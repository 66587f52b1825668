import ControlPlane

/// The bodies of answers. Every field is always there; what has no value is null.
extension Schemas {
    static let loadTest = ObjectSchema(
        "LoadTest",
        [required("id", .text(max: 100), "UUID")] + definition + [
            required("version", .count, "Grows with each change; the ETag")
        ] + audit)

    static let loadTestPage = page("LoadTestPage", of: loadTest)

    static let run = ObjectSchema(
        "Run",
        [
            required("id", .text(max: 100), "UUID"),
            required("loadTestId", .nullable(.text(max: 100)), "Null for an ad-hoc run"),
            required("scheduleId", .nullable(.text(max: 100)), "The schedule that has started it"),
            required(
                "suiteRunId", .nullable(.text(max: 100)), "The run of a suite that it is part of"),
            required("name", .text(max: 200), "The definition's"),
            required("tags", .array(.text(max: 100), countMax: tagsMax), "The definition's"),
            required("tenantId", .text(max: 100), "Tenant"),
            required("envId", .text(max: 100), "Environment"),
            required(
                "locustClusterId", .nullable(.text(max: 100)),
                "The cluster that runs it; null as long as it waits, and where it never had one"),
            required(
                "approval", .nullable(.object(approval)),
                "Of a run of a protected environment; null where none is needed"),
            required("targetUrl", .text(max: 2000), "System under test"),
            required(
                "targetUsers", .count, "Users at the top of the ramp, as asked for last"),
            required("spawnRate", .measure, "Users started per second, as asked for last"),
            required("durationSeconds", .measure, "From the order to the stop"),
            required(
                "minWorkersShare", .nullable(.measure),
                "It is stopped when a smaller share of its workers is left; null is no such rule"),
        ] + verdict + [
            required("labels", labels, "What is tested, as the start says it"),
            required("metadata", .anyObject(bytesMax: metadataBytesMax), "Your own data"),
            required("definition", .object(runDefinition), "The definition as it was at the start"),
            required("state", .oneOf(RunState.allCases.map(\.rawValue)), "Where in its life it is"),
            required(
                "endReason", .nullable(.oneOf(EndReason.allCases.map(\.rawValue))),
                "Why it ended or is ending. As asked: durationElapsed, stoppedByUser, testEnded "
                    + "(by itself before its time). Not as asked: thresholdBroken (one that "
                    + "aborts, or a stop rule of the scenario), queueTimedOut (no room in time), "
                    + "startFailed, clusterLost "
                    + "(or, of a native cluster, its service killed), loadVanished, workersLost "
                    + "(all of them, or more than minWorkersShare allows), replaced (somebody "
                    + "else's test took the master), shutdown (of the service, which was told to "
                    + "stop its runs, or with which the load of a native cluster ends), "
                    + "emergencyStop, frozen (a freeze window that stops runs), rejected and "
                    + "approvalExpired (before it was started)"),
            required("endDetail", .nullable(.text(max: 10_000)), "The reason in words"),
            required(
                "queue", .nullable(.object(queuePlace)), "Where it waits; null if it does not"),
            required(
                "problem", .nullable(.text(max: 10_000)),
                "What keeps it from going on as it should now, such as a cluster that does not "
                    + "answer a stop"),
            required("startRequestedAt", .nullable(.timestamp), "Load was asked for"),
            required("startedAt", .nullable(.timestamp), "Load was first seen"),
            required("deadline", .nullable(.timestamp), "When it stops at the latest"),
            required("stopRequestedAt", .nullable(.timestamp), "The stop was asked for"),
            required(
                "loadEndedAt", .nullable(.timestamp),
                "The load ended, as well as that can be known; when the run is over"),
            required("endedAt", .nullable(.timestamp), "It was over, with all its numbers"),
            required("lastMetrics", .nullable(.object(lastMetrics)), "The newest numbers"),
        ] + audit)

    static let runPage = page("RunPage", of: run)

    static let lastMetrics = ObjectSchema(
        "LastMetrics",
        [
            required("timestamp", .timestamp, "When they were true"),
            required(
                "totalRps", .measure,
                "Requests per second of the last 20 s; of the whole run once it is over"),
            required("totalRequests", .count, "Requests, failed ones included"),
            required("totalFailures", .count, "Failed requests"),
            required("errorRate", .measure, "Failed requests in per cent"),
        ] + responseTimes + [required("currentUsers", .count, "Users at work")])

    static let series = ObjectSchema(
        "Series",
        [
            required("runId", .text(max: 100), "The run"),
            required(
                "endpoint", .nullable(.object(endpoint)), "Null for the totals"),
            required("resolutionSeconds", .measure, "Length of a step"),
            required("points", .array(.object(point), countMax: TimeSeries.pointsMax), "The steps"),
        ])

    static let summary = ObjectSchema(
        "Summary",
        [
            required("runId", .text(max: 100), "The run"),
            required("state", .oneOf(RunState.allCases.map(\.rawValue)), "The run's"),
            required(
                "verdict", .nullable(.oneOf(Verdict.Result.allCases.map(\.rawValue))),
                "The run's"),
            required("verdictReason", .nullable(.text(max: 10_000)), "The run's"),
            required("loadSeconds", .measure, "How long load was asked for"),
            required("totals", .object(summaryRow), "All requests"),
            required("endpoints", .array(.object(summaryRow), countMax: .max), "Each endpoint"),
            required("errors", .array(.object(error), countMax: .max), "Each kind of failure"),
            required(
                "engine", .nullable(.object(engine)),
                "What the native engine tells of itself; null for a run on a Locust cluster"),
        ])

    private static let definition: [ObjectSchema.Field] = [
        required("name", .text(max: 200), "What people call it"),
        required("description", .text(max: 4000), "More about it"),
        required("tags", .array(.text(max: 100), countMax: tagsMax), "Words to find it by"),
        required("tenantId", .text(max: 100), "Tenant"),
        required("envId", .text(max: 100), "Environment"),
        required("locustClusterId", .nullable(.text(max: 100)), "Null leaves the choice open"),
        required("targetUrl", .text(max: 2000), "System under test"),
        required("locustfile", .nullable(.text(max: 500)), "What the cluster must run"),
        required("scenarioId", .nullable(.text(max: 200)), "Handed to the locustfile"),
        required("scenario", .nullable(scenario), "What users of a native cluster do"),
        required(
            "targetsBase64", .nullable(.text(max: targetsLengthMax)),
            "The same as vegeta targets"),
        required(
            "userClasses", .array(.text(max: 200), countMax: userClassesMax), "Empty means all"),
        required("defaultUsers", .count, "Users at the top of the ramp"),
        required("defaultSpawnRate", .measure, "Users started per second"),
        required("defaultDurationSeconds", .measure, "From the order to the stop"),
        required(
            "minWorkersShare", .nullable(.measure),
            "A run is stopped when a smaller share of its workers is left; null is no such rule"),
        required(
            "thresholds", .array(.object(threshold), countMax: PlanLimits.thresholdsMax),
            "What a run is judged by"),
        required(
            "baseline", .nullable(.object(baseline)), "What a run is compared with; null is nothing"
        ),
        required("metadata", .anyObject(bytesMax: metadataBytesMax), "Your own data"),
    ]

    private static let runDefinition = ObjectSchema("Definition", definition)

    static let audit: [ObjectSchema.Field] = [
        required("createdAt", .timestamp, "When it was made"),
        required("createdBy", .text(max: 200), "The name of the token that made it"),
        required("claimedCreatedBy", .nullable(.text(max: 200)), "createdBy as the body gave it"),
        required("updatedAt", .timestamp, "When it last changed"),
        required("updatedBy", .text(max: 200), "Who last changed it"),
    ]

    private static let responseTimes: [ObjectSchema.Field] = [
        required("avgResponseMs", .nullable(.measure), "Mean response time"),
        required("minResponseMs", .nullable(.measure), "Shortest response time"),
        required("maxResponseMs", .nullable(.measure), "Longest response time"),
        required("p50ResponseMs", .nullable(.measure), "50th percentile"),
        required("p95ResponseMs", .nullable(.measure), "95th percentile"),
        required("p99ResponseMs", .nullable(.measure), "99th percentile"),
    ]

    private static let endpoint = ObjectSchema(
        "Endpoint",
        [
            required("method", .text(max: 1000), "As the locustfile or the scenario names it"),
            required("name", .text(max: 10_000), "As the locustfile or the scenario names it"),
        ])

    private static let point = ObjectSchema(
        "Point",
        [
            required("time", .timestamp, "Start of the step"),
            required("users", .nullable(.count), "Users last seen in the step"),
            required("workers", .nullable(.count), "Workers last seen in the step"),
            required("requests", .count, "Requests of the step"),
            required("failures", .count, "Failures of the step"),
            required("rps", .measure, "Requests per second"),
            required("failuresPerSecond", .measure, "Failures per second"),
            required("errorRate", .nullable(.measure), "Per cent; null without requests"),
            required("avgResponseMs", .nullable(.measure), "Mean response time of the step"),
            required("p50ResponseMs", .nullable(.measure), "From histograms; null without one"),
            required("p95ResponseMs", .nullable(.measure), "From histograms; null without one"),
            required("p99ResponseMs", .nullable(.measure), "From histograms; null without one"),
        ])

    private static let summaryRow = ObjectSchema(
        "SummaryRow",
        [
            required("method", .nullable(.text(max: 1000)), "Null for the totals"),
            required("name", .nullable(.text(max: 10_000)), "Null for the totals"),
            required("requests", .count, "Requests, failed ones included"),
            required("failures", .count, "Failed requests"),
            required("errorRate", .measure, "Per cent"),
            required("rps", .measure, "Requests per second of load"),
        ] + responseTimes + [
            required(
                "percentileSource",
                .nullable(.oneOf(RunSummary.PercentileSource.allCases.map(\.rawValue))),
                "histogram: of all response times, within 0.1 % of what the native engine and "
                    + "5 % of what Locust measured; master: as Locust last told them")
        ])

    private static let error = ObjectSchema(
        "ErrorRow",
        [
            required("method", .text(max: 1000), "Of the endpoint"),
            required("name", .text(max: 10_000), "Of the endpoint"),
            required("message", .text(max: 100_000), "As the generator words it"),
            required("occurrences", .count, "How often"),
            required("firstSeen", .nullable(.timestamp), "By the worker's clock"),
            required("lastSeen", .nullable(.timestamp), "By the worker's clock"),
        ])

    static func page(_ name: String, of item: ObjectSchema) -> ObjectSchema {
        ObjectSchema(
            name,
            [
                required(
                    "items", .array(.object(item), countMax: PageRequest.limitMax), "The page"),
                required("nextCursor", .nullable(.text(max: 2000)), "Null on the last page"),
            ])
    }
}
