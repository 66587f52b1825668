import ControlPlane
import Exposition
import Foundation

/// A run's figures as families.
extension RunSnapshot {
    /// What a caller with this scope may see.
    func families(in scope: Scope) -> [MetricFamily] {
        let visible = runs.values.filter { scope.covers($0.run.environment) }
            .sorted { $0.run.id.text < $1.run.id.text }
        let counts = counts.filter { scope.covers($0.environment) }
        return overview(visible, counts) + states(visible) + numbers(visible)
            + responseTimes(visible) + endpoints(visible)
    }

    private func overview(_ entries: [Entry], _ counts: [LiveCount]) -> [MetricFamily] {
        let begun: Set<RunState> = [.pending, .starting, .running, .stopping]
        let active = counts.filter { begun.contains($0.state) }.reduce(0) { $0 + $1.count }
        let workers = entries.filter { begun.contains($0.run.state) }.reduce(0.0) {
            // The native engine, which tells of no workers, is one.
            $0 + Double($1.meter.workers ?? ($1.run.lastMetrics == nil ? 0 : 1))
        }
        return [
            MetricFamily(
                "stress_test_active_tests", .gauge,
                help: "Runs that have begun and are not over.", [MetricPoint(Double(active))]),
            MetricFamily(
                "stress_test_active_workers", .gauge,
                help: "Workers that take part in them; a native engine is one.",
                [MetricPoint(workers)]),
            MetricFamily(
                "swarmkeeper_live_runs", .gauge, help: "Runs that are not over, by state.",
                counts.sorted {
                    ($0.environment.tenantID, $0.environment.envID, $0.state.rawValue)
                        < ($1.environment.tenantID, $1.environment.envID, $1.state.rawValue)
                }.map { count in
                    MetricPoint(
                        Double(count.count),
                        [
                            ("tenant", count.environment.tenantID),
                            ("environment", count.environment.envID),
                            ("state", count.state.rawValue),
                        ])
                }),
        ]
    }

    private func states(_ entries: [Entry]) -> [MetricFamily] {
        [
            MetricFamily(
                "swarmkeeper_run", .info,
                help: "Live runs and those that ended within the last minutes.",
                entries.map { entry in
                    MetricPoint(
                        1,
                        entry.labels + [
                            ("name", entry.run.name),
                            ("load_test", entry.run.loadTestID?.text ?? ""),
                            ("state", entry.run.state.rawValue),
                            ("end_reason", entry.run.endReason?.rawValue ?? ""),
                        ])
                }),
            gauge(
                "swarmkeeper_run_live", help: "Whether the run is not over.", entries
            ) { $0.run.state.isOver ? 0 : 1 },
            gauge(
                "swarmkeeper_run_start_timestamp_seconds", unit: "seconds",
                help: "When load was asked for, since 1970.", entries
            ) { $0.run.startRequestedAt?.timeIntervalSince1970 },
            gauge(
                "swarmkeeper_run_deadline_timestamp_seconds", unit: "seconds",
                help: "When a live run is to end, since 1970.", entries
            ) { $0.run.state.isOver ? nil : $0.run.deadline?.timeIntervalSince1970 },
        ]
    }

    private func numbers(_ entries: [Entry]) -> [MetricFamily] {
        [
            gauge("swarmkeeper_run_users", help: "Users now.", entries) {
                $0.run.lastMetrics.map { Double($0.currentUsers) }
            },
            gauge("swarmkeeper_run_target_users", help: "Users asked for.", entries) {
                Double($0.run.targetUsers)
            },
            gauge("swarmkeeper_run_workers", help: "Workers that take part.", entries) {
                $0.meter.workers.map(Double.init)
            },
            gauge(
                "swarmkeeper_run_request_rate",
                help:
                    "Requests per second: of the last 20 s, and of the whole run once it is over.",
                entries
            ) { $0.run.lastMetrics?.totalRps },
            gauge(
                "swarmkeeper_run_failure_ratio", help: "Failed requests of all, 0 to 1.", entries
            ) { $0.run.lastMetrics.map { $0.errorRate / 100 } },
            MetricFamily(
                "swarmkeeper_run_requests", .counter, help: "Requests of the run.",
                entries.map { entry in
                    MetricPoint(
                        Double(entry.meter.totals.requests), entry.labels,
                        created: entry.created)
                }),
            MetricFamily(
                "swarmkeeper_run_failures", .counter, help: "Failed requests of the run.",
                entries.map { entry in
                    MetricPoint(
                        Double(entry.meter.totals.failures), entry.labels,
                        created: entry.created)
                }),
        ]
    }

    private func responseTimes(_ entries: [Entry]) -> [MetricFamily] {
        [
            MetricFamily(
                "swarmkeeper_run_response_time_seconds", .histogram, unit: "seconds",
                help: "Response times since the start of the run, where its source has them all.",
                entries.compactMap { entry in
                    entry.meter.totals.histogram.map {
                        MetricPoint($0, entry.labels, created: entry.created)
                    }
                }),
            MetricFamily(
                "swarmkeeper_run_response_percentile_seconds", .gauge, unit: "seconds",
                help: "Percentiles of response times since the start, as the summary tells them.",
                entries.flatMap { entry -> [MetricPoint] in
                    guard let metrics = entry.run.lastMetrics else { return [] }
                    let shares = [
                        ("50", metrics.p50ResponseMs), ("95", metrics.p95ResponseMs),
                        ("99", metrics.p99ResponseMs),
                    ]
                    return shares.compactMap { share, milliseconds in
                        milliseconds.map {
                            MetricPoint($0 / 1000, entry.labels + [("percentile", share)])
                        }
                    }
                }),
        ]
    }

    private func endpoints(_ entries: [Entry]) -> [MetricFamily] {
        let rows = entries.flatMap(\.rows)
        return [
            MetricFamily(
                "swarmkeeper_endpoint_requests", .counter,
                help: "Requests by endpoint; what has no room of its own is other.",
                rows.map { row in
                    MetricPoint(
                        Double(row.figures.requests), row.labels, created: row.created)
                }),
            MetricFamily(
                "swarmkeeper_endpoint_failures", .counter, help: "Failed requests by endpoint.",
                rows.map { row in
                    MetricPoint(
                        Double(row.figures.failures), row.labels, created: row.created)
                }),
            MetricFamily(
                "swarmkeeper_endpoint_response_time_seconds", .histogram, unit: "seconds",
                help: "Response times by endpoint since the start of the run.",
                rows.compactMap { row in
                    row.figures.histogram.map {
                        MetricPoint($0, row.labels, created: row.created)
                    }
                }),
        ]
    }

    private func gauge(
        _ name: String, unit: String? = nil, help: String, _ entries: [Entry],
        _ value: (Entry) -> Double?
    ) -> MetricFamily {
        MetricFamily(
            name, .gauge, unit: unit, help: help,
            entries.compactMap { entry in value(entry).map { MetricPoint($0, entry.labels) } })
    }
}

extension RunSnapshot.Entry {
    typealias Labels = [(name: String, value: String)]

    var labels: Labels {
        [
            ("tenant", run.environment.tenantID), ("environment", run.environment.envID),
            ("cluster", run.clusterID), ("run", run.id.text),
        ]
    }

    /// Since when its counters count: when load was asked for, in seconds since 1970.
    fileprivate var created: Double? { run.startRequestedAt?.timeIntervalSince1970 }

    /// What one endpoint is told of.
    fileprivate typealias Row = (labels: Labels, figures: RunMeter.Figures, created: Double?)

    /// Endpoints with their labels, `other` last.
    fileprivate var rows: [Row] {
        let (own, created) = (labels, created)
        var rows = meter.endpoints.sorted {
            ($0.key.method, $0.key.name) < ($1.key.method, $1.key.name)
        }.map { endpoint, figures -> Row in
            (own + [("method", endpoint.method), ("endpoint", endpoint.name)], figures, created)
        }
        if let rest = meter.rest {
            // No method is an asterisk, so that no endpoint of that name is in its way.
            rows.append((own + [("method", "*"), ("endpoint", "other")], rest, created))
        }
        return rows
    }
}

extension RunMeter.Figures {
    fileprivate var histogram: MetricHistogram? {
        counts.map { counts in
            MetricHistogram(
                bounds: RunMeter.boundsMicroseconds.map { Double($0) / 1e6 }, counts: counts,
                sum: Double(sumMicroseconds) / 1e6)
        }
    }
}
