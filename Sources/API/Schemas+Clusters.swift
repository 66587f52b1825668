import ControlPlane

/// The clusters and how they are.
extension Schemas {
    static let cluster = ObjectSchema(
        "Cluster",
        [
            required("id", .text(max: 100), "Cluster"),
            required("type", .oneOf(Cluster.Kind.allCases.map(\.rawValue)), "Kind of generator"),
            required(
                "baseUrl", .nullable(.text(max: 2000)),
                "Where its master is; null for a native cluster"),
            required("maxConcurrentRuns", .count, "Live runs at a time"),
            required(
                "maxUsers", .nullable(.count),
                "Users over all of its live runs; null is unlimited"),
            required("serves", .array(.object(servedEnvironment), countMax: .max), "For whom"),
            required(
                "reachable", .nullable(.boolean),
                "Whether it answered last; null as long as nobody has looked"),
            required("reachableSince", .nullable(.timestamp), "Null while it does not answer"),
            required("unreachableSince", .nullable(.timestamp), "Null while it answers"),
            required("lastSeenAt", .nullable(.timestamp), "When it last answered"),
            required(
                "lastError", .nullable(.object(clusterFailure)),
                "Why it last did not answer; stays when it answers again"),
            required(
                "problem", .nullable(.text(max: 10_000)),
                "Why not, or what else is wrong with it"),
            required("version", .nullable(.text(max: 100)), "Of the generator"),
            required(
                "state", .nullable(.text(max: 100)),
                "The generator's own word; busy where it runs what the caller cannot see"),
            required(
                "workers", .nullable(.count),
                "Workers connected, or engines at work; where the cluster runs what the caller "
                    + "cannot see, the caller's own runs, and null for a Locust cluster"),
            required(
                "workersMissing", .nullable(.count),
                "Workers that the master remembers and hears nothing of; null where the figure of "
                    + "workers is not the whole cluster's"),
            required(
                "users", .nullable(.count),
                "Users at work; where the cluster runs what the caller cannot see, the "
                    + "targetUsers of the caller's own runs, and null for a Locust cluster"),
            required(
                "foreignLoad", .nullable(.object(foreignLoad)),
                "Load that no run of this service has ordered: it is never touched, and no run is "
                    + "started beside it"),
            required(
                "currentRunId", .nullable(.text(max: 100)), "The oldest run that it is busy with"),
            required(
                "runIds", .array(.text(max: 100), countMax: .max),
                "All runs that it is busy with, oldest first, as far as they are the caller's"),
        ])

    private static let clusterFailure = ObjectSchema(
        "ClusterFailure",
        [
            required("at", .timestamp, "When"),
            required("message", .text(max: 10_000), "Why"),
        ])

    private static let foreignLoad = ObjectSchema(
        "ForeignLoad",
        [
            required("users", .count, "Users at work"),
            required("state", .text(max: 100), "The generator's own word"),
            required(
                "since", .timestamp,
                "When it began, or was first seen where the cluster does not tell"),
            required("detail", .text(max: 10_000), "What is known of whose it is"),
        ])
}
