import Thresholds

extension RunComparison {
    /// - Parameters:
    ///   - baseline: runs that are over; none of them is fine, and told.
    ///   - endpointsMax: those with the most requests.
    package static func compare(
        _ run: Run, with baseline: Baseline, endpointsMax: Int = endpointsMax,
        from store: any RunMeasurements
    ) async throws(ControlPlaneError) -> RunComparison {
        let runs = try await ComparedRuns(run, baseline, from: store)
        let (figures, lack) = try await runs.figures(measures, in: .all)
        var rows: [Row] = []
        let endpoints =
            runs.trouble == nil ? try await runs.busiestEndpoints(endpointsMax) : []
        for endpoint in endpoints {
            let (figures, lack) = try await runs.figures(measures, of: endpoint)
            rows.append(Row(endpoint: endpoint, figures: figures, reason: lack?.words))
            // Each takes a while, of a thread that others want, too.
            await Task.yield()
        }
        return RunComparison(
            run: run.id, baseline: baseline, ignoredSeconds: runs.ignoredSeconds,
            differences: runs.differences, trouble: runs.trouble?.words,
            notes: runs.notes,
            totals: Row(endpoint: nil, figures: figures, reason: lack?.words), endpoints: rows,
            endpointsLeftOut: runs.trouble == nil ? runs.endpointCount - endpoints.count : 0)
    }
}
