import ControlPlane
import Exposition
import Metrics

/// Requests as families, by the names that the first design gave them.
enum RequestFamilies {
    static func all(_ meters: RequestMeters) -> [MetricFamily] {
        let requests = meters.byKey
        return [
            MetricFamily(
                "http_request_duration_seconds", .histogram, unit: "seconds",
                help: "From a whole request to its answer, by route.",
                requests.map { MetricPoint(MetricHistogram($0.1), $0.0.labels) }),
            MetricFamily(
                "http_requests", .counter, help: "Requests answered.",
                requests.map { MetricPoint(Double($0.1.total), $0.0.labels) }),
            MetricFamily(
                "http_requests_failed", .counter,
                help: "Requests answered with a status of 500 or more.", failures(requests)),
            MetricFamily(
                "swarmkeeper_http_requests_in_flight", .gauge, help: "Requests being answered.",
                [MetricPoint(Double(meters.inFlight))]),
            MetricFamily(
                "swarmkeeper_http_refusals", .counter,
                help: "Requests answered with an error, by its code.",
                meters.byCode.map { MetricPoint(Double($0.1), [("code", $0.0)]) }),
        ]
    }

    /// One for each route that was asked for, also where none has failed yet.
    private static func failures(
        _ requests: [(RequestMeters.Key, DurationCounts)]
    ) -> [MetricPoint] {
        var failed: [[String]: UInt64] = [:]
        for (key, counts) in requests {
            let own = key.status == "5xx" ? counts.total : 0
            failed[[key.method, key.route], default: 0] += own
        }
        return failed.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, count in
            MetricPoint(Double(count), [("method", key[0]), ("route", key[1])])
        }
    }
}

extension RequestMeters.Key {
    fileprivate var labels: [(name: String, value: String)] {
        [("method", method), ("route", route), ("status", status)]
    }
}

/// What goes on inside of the service.
enum InternalFamilies {
    static func all(
        _ sources: ServiceMeters.Sources, supervision: SupervisionMeters, isStoreRead: Bool
    ) -> [MetricFamily] {
        queues(sources.queues()) + [
            MetricFamily(
                "swarmkeeper_http_connections", .gauge, help: "Open connections.",
                [MetricPoint(Double(sources.connections()))]),
            MetricFamily(
                "swarmkeeper_poll_duration_seconds", .histogram, unit: "seconds",
                help: "From the question to a run's cluster to its answer, or to giving up.",
                [MetricPoint(MetricHistogram(supervision.polls.snapshot))]),
            MetricFamily(
                "swarmkeeper_poll_failures", .counter, help: "Polls that brought nothing.",
                [MetricPoint(Double(supervision.failedPolls))]),
            MetricFamily(
                "swarmkeeper_deadline_lateness_seconds", .histogram, unit: "seconds",
                help: "How late deadlines of runs were noticed.",
                [MetricPoint(MetricHistogram(supervision.deadlines.snapshot))]),
            MetricFamily(
                "swarmkeeper_store_duration_seconds", .histogram, unit: "seconds",
                help: "How long the store works on what it is asked, without the wait before.",
                sources.storeLatencies().sorted { $0.key < $1.key }.map {
                    MetricPoint(MetricHistogram($0.value), [("operation", $0.key)])
                }),
            MetricFamily(
                "swarmkeeper_store_up", .gauge,
                help: "Whether the figures of runs could just be read from the store.",
                [MetricPoint(isStoreRead ? 1 : 0)]),
        ]
    }

    private static func queues(_ lags: [QueueLag]) -> [MetricFamily] {
        func points(_ value: (QueueLag) -> Double) -> [MetricPoint] {
            lags.map { MetricPoint(value($0), [("queue", $0.name)]) }
        }
        return [
            MetricFamily(
                "swarmkeeper_queue_depth", .gauge, help: "What waits or is being worked on.",
                points { Double($0.depth) }),
            MetricFamily(
                "swarmkeeper_queue_wait_max_seconds", .gauge, unit: "seconds",
                help: "The longest wait of the last one to two minutes.",
                points { $0.longestWait / .seconds(1) }),
            MetricFamily(
                "swarmkeeper_queue_wait_limit_seconds", .gauge, unit: "seconds",
                help: "A longer wait than this is worth a warning.",
                points { $0.waitMax / .seconds(1) }),
            MetricFamily(
                "swarmkeeper_queue_refused", .counter, help: "What a queue did not take.",
                points { Double($0.refused) }),
        ]
    }
}

/// The clusters as they were found last.
enum ClusterFamilies {
    static func all(_ statuses: [ClusterStatus]) -> [MetricFamily] {
        func gauge(
            _ name: String, _ help: String, _ value: (ClusterStatus) -> Double?
        ) -> MetricFamily {
            MetricFamily(
                name, .gauge, help: help,
                statuses.compactMap { status in
                    value(status).map { value in
                        MetricPoint(
                            value,
                            [
                                ("cluster", status.cluster.id),
                                ("type", status.cluster.kind.rawValue),
                            ])
                    }
                })
        }
        return [
            gauge("swarmkeeper_cluster_up", "Whether the cluster answered the last look.") {
                $0.isReachable.map { $0 ? 1 : 0 }
            },
            gauge("swarmkeeper_cluster_workers", "Workers connected, or engines at work.") {
                $0.health?.workers.map(Double.init)
            },
            gauge("swarmkeeper_cluster_users", "Users, whosesoever they are.") {
                $0.health.map { Double($0.users) }
            },
            gauge("swarmkeeper_cluster_foreign_load", "Whether it has load of no run of ours.") {
                $0.isReachable == nil ? nil : $0.foreignLoad == nil ? 0 : 1
            },
        ]
    }
}

extension MetricHistogram {
    init(_ counts: DurationCounts) {
        self.init(
            bounds: counts.bounds.map { $0 / .seconds(1) }, counts: counts.counts,
            sum: counts.sum / .seconds(1))
    }
}
