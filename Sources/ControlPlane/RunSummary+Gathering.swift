import Foundation

extension RunHistory {
    /// The result of a run, or of what is known of it so far. One endpoint after the other, so that
    /// the samples of one are in memory at a time.
    ///
    /// - Parameter totals: the samples of all requests, where the caller has them already.
    package func summary(of run: Run, at now: Date, totals: [TimedSample]? = nil)
        async throws(ControlPlaneError) -> RunSummary
    {
        let loadSeconds = run.loadSeconds(at: now)
        var rows: [RunSummary.Row] = []
        for endpoint in try await endpoints(of: run.id) {
            rows.append(
                RunSummary.Row(
                    endpoint: endpoint, samples: try await samples(of: run.id, endpoint: endpoint),
                    loadSeconds: loadSeconds))
        }
        var samples = totals ?? []
        if totals == nil { samples = try await self.samples(of: run.id, endpoint: nil) }
        return RunSummary(
            loadSeconds: loadSeconds,
            totals: RunSummary.Row(endpoint: nil, samples: samples, loadSeconds: loadSeconds),
            endpoints: rows, errors: try await errors(of: run.id),
            engine: try await engineEvidence(of: run.id))
    }
}
