import ControlPlane
import Foundation

extension MemoryRunStore {
    func endpoints(of run: RunID) async throws(ControlPlaneError) -> [Endpoint] {
        let all = state.withLock { $0.observations[run] ?? [] }
        return Set(all.flatMap { $0.endpoints.map(\.endpoint) }).sorted {
            ($0.method, $0.name) < ($1.method, $1.name)
        }
    }

    func busiestEndpoints(of run: RunID, _ most: Int) async throws(ControlPlaneError)
        -> [Endpoint]
    {
        let all = state.withLock { $0.observations[run] ?? [] }
        var requests: [Endpoint: Int] = [:]
        for item in all.flatMap(\.endpoints) {
            requests[item.endpoint] = max(requests[item.endpoint] ?? 0, item.sample.requests)
        }
        let ranked = requests.sorted {
            ($1.value, $0.key.method, $0.key.name) < ($0.value, $1.key.method, $1.key.name)
        }
        return ranked.prefix(most).map(\.key)
    }

    func samples(of run: RunID, endpoint: Endpoint?) async throws(ControlPlaneError)
        -> [TimedSample]
    {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.measurementsToFail, state.failure)
        }
        let all = state.withLock { $0.observations[run] ?? [] }
        return all.sorted { $0.time < $1.time }.compactMap { observation in
            let sample =
                endpoint.map { wanted in
                    observation.endpoints.first { $0.endpoint == wanted }?.sample
                } ?? observation.totals
            return sample.map {
                TimedSample(
                    time: observation.time, source: observation.key.source,
                    users: observation.users, workers: observation.workers, sample: $0)
            }
        }
    }

    func engineEvidence(of run: RunID) async throws(ControlPlaneError) -> EngineEvidence? {
        state.withLock { $0.observations[run]?.last { $0.engine != nil }?.engine }
    }

    func generatorIntervals(of run: RunID) async throws(ControlPlaneError)
        -> [TimedGeneratorInterval]
    {
        let all = state.withLock { $0.observations[run] ?? [] }
        return all.sorted { $0.time < $1.time }.compactMap { observation in
            observation.generator.map {
                TimedGeneratorInterval(
                    time: Int((observation.time.timeIntervalSince1970 * 1000).rounded()),
                    source: observation.key.source, interval: $0)
            }
        }
    }
}
