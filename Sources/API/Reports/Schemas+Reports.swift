import ControlPlane
import JSON
import Reports

extension Schemas {
    static let report = ObjectSchema(
        "Report",
        [
            required("run", .object(run), "As it is read"),
            required(
                "clusterType", .nullable(.oneOf(Cluster.Kind.allCases.map(\.rawValue))),
                "Of the run's cluster; null where it has none, or one that is gone"),
            required("madeAt", .timestamp, "When the numbers were gathered"),
            required("summary", .object(summary), "As it is read"),
            required("series", .object(series), "Of all requests, in at most some 240 steps"),
            required(
                "responseTimes", .array(.object(bar), countMax: 100),
                "How many requests took how long; empty where only percentiles are known"),
            required(
                "timeline", .array(.object(timelineEntry), countMax: .max), "Oldest line first"),
            required("timelineIsCut", .boolean, "Whether the timeline has more lines"),
            required("measurement", .object(measurement), "What the numbers are worth"),
            required(
                "comparison", .nullable(.object(comparison)),
                "The run beside its baseline; null where it has none"),
        ])

    static let export = ObjectSchema(
        "Export",
        [
            required("runId", .text(max: 100), "The run"),
            required("part", .oneOf(ExportHandlers.Part.allCases.map(\.rawValue)), "Which rows"),
            required(
                "items", .array(.anyObject(bytesMax: 65_536), countMax: .max),
                "The rows, with the names that the columns of CSV have"),
            required("nextCursor", .nullable(.text(max: 2000)), "Null on the last page"),
        ])

    private static let bar = ObjectSchema(
        "ResponseTimeBar",
        [
            required("fromMs", .measure, "Above this"), required("toMs", .measure, "Up to this"),
            required("requests", .count, "How many"),
        ])

    private static let measurement = ObjectSchema(
        "MeasurementMethod",
        [
            required(
                "observations", .dictionary(.count, countMax: 10),
                "How many there are by their source: engine, callback or poll"),
            required(
                "spacingSeconds", .nullable(.measure), "The usual time between two observations"),
            required(
                "percentileErrorPercent", .nullable(.measure),
                "How far a percentile may be above the time that it stands for; null where the "
                    + "source tells it by itself"),
            required("workersMin", .nullable(.count), "Of those that took part"),
            required("workersMax", .nullable(.count), "Of those that took part"),
            required(
                "gaps", .array(.object(gap), countMax: .max), "When nobody told of the run"),
        ])

    private static let gap = ObjectSchema(
        "Gap", [required("from", .timestamp, "Its start"), required("to", .timestamp, "Its end")])
}

/// Share links.
extension Schemas {
    static let shareInput = ObjectSchema(
        "ShareInput",
        [
            optional(
                "expiresInSeconds", .duration(60...7_776_000),
                "How long the link is valid; a week by default, 90 days at most"),
            optional("note", .text(max: 200), "Whom it is for"),
        ])

    static let share = ObjectSchema("Share", shareFields)

    static let newShare = ObjectSchema(
        "NewShare",
        shareFields + [
            required(
                "url", .nullable(.text(max: 200)),
                "Path of the page, on the service's own address, in this answer only. Null in the "
                    + "answer to a repeated request, because it was not kept")
        ])

    static let shares = ObjectSchema(
        "Shares",
        [
            required(
                "items",
                .array(
                    .object(share), countMax: ReportShare.countMax + ReportShare.endedKept + 1),
                "All that are valid, and the newest of the others")
        ])

    private static let shareFields: [ObjectSchema.Field] = [
        required("id", .text(max: 100), "UUID"),
        required("runId", .text(max: 100), "The run whose report it shows"),
        required("note", .text(max: 200), "Whom it is for"),
        required(
            "state", .oneOf(ReportShare.State.allCases.map(\.rawValue)),
            "Only an active one shows anything"),
        required("createdAt", .timestamp, "When"),
        required("createdBy", .text(max: 200), "The token that made it"),
        required("expiresAt", .timestamp, "Until then it is valid"),
        required("revokedAt", .nullable(.timestamp), "When, if it was"),
        required("revokedBy", .nullable(.text(max: 200)), "The token that did"),
        required("useCount", .count, "How often it has shown the report"),
        required("lastUsedAt", .nullable(.timestamp), "When last"),
    ]
}
