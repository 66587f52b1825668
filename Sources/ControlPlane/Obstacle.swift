/// What a queued run waits for.
enum Obstacle: Equatable, Sendable {
    case limits([LimitBreach])
    case clusters([FullCluster])
    /// An earlier run of its tenant waits for what this one needs.
    case earlier(RunID)

    /// Of a refusal that waiting can mend; nil for any other.
    init?(_ error: ControlPlaneError) {
        switch error {
        case .limitReached(let breaches): self = .limits(breaches)
        case .clusterBusy(let clusters): self = .clusters(clusters)
        default: return nil
        }
    }

    /// In words, without the runs that a caller must not be told of.
    func text(showing visible: Set<RunID>) -> String {
        switch self {
        case .limits(let breaches):
            breaches.map { $0.showing(visible).description }.joined(separator: "; ")
        case .clusters(let clusters):
            clusters.map { $0.showing(visible).description }.joined(separator: "; ")
        case .earlier(let run):
            visible.contains(run)
                ? "run \(run) of the same tenant comes first"
                : "another run of the same tenant comes first"
        }
    }
}

/// What the waiting runs of one tenant wait for: nobody behind them may take it.
struct QueueClaims: Equatable, Sendable {
    private var owners: [Ceiling.Owner: RunID] = [:]
    private var clusters: [String: RunID] = [:]

    mutating func add(_ obstacle: Obstacle, of run: RunID) {
        switch obstacle {
        case .limits(let breaches):
            for breach in breaches where owners[breach.owner] == nil { owners[breach.owner] = run }
        case .clusters(let full):
            for cluster in full where clusters[cluster.clusterID] == nil {
                clusters[cluster.clusterID] = run
            }
        case .earlier:
            break  // What it needs is claimed by those before it.
        }
    }

    func claimant(of ceilings: [Ceiling]) -> RunID? {
        ceilings.lazy.compactMap { owners[$0.owner] }.first
    }

    func claimant(of cluster: String) -> RunID? { clusters[cluster] }
}
