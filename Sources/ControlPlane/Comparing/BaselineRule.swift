/// Which earlier runs of a load test a run is compared with.
package struct BaselineRule: Equatable, Sendable {
    package enum Choice: Equatable, Sendable {
        /// This one, whatever comes after it.
        case pinned(RunID)
        /// The newest that passed.
        case lastPassed
        /// The newest that were not found bad, together: only several runs tell by how much runs of
        /// one build differ among themselves.
        case median(runs: Int)
    }

    package enum Kind: String, CaseIterable, Sendable, Codable {
        case pinned
        case lastPassed
        case median
    }

    /// Of two runs hardly a change is found that is no doubling, as so little tells of the noise
    /// between them; more than fifteen tell little more, and cost.
    package static let runsRange = 3...15
    package static let runsByDefault = 5

    package var choice: Choice
    /// Only runs that carry all of these are taken; a pinned run is taken whatever it carries.
    package var labels: [String: String]
    /// Only runs are taken that have the same values of these as the run: a baseline of its own for
    /// each branch.
    package var sameLabels: [String]
    /// Whether a run passes that has nothing to be compared with; otherwise that is inconclusive.
    package var passesIfMissing: Bool

    package init(
        _ choice: Choice, labels: [String: String] = [:], sameLabels: [String] = [],
        passesIfMissing: Bool = false
    ) {
        self.choice = choice
        self.labels = labels
        self.sameLabels = sameLabels
        self.passesIfMissing = passesIfMissing
    }

    package var kind: Kind {
        switch choice {
        case .pinned: .pinned
        case .lastPassed: .lastPassed
        case .median: .median
        }
    }

    package var pinnedRun: RunID? {
        if case .pinned(let run) = choice { run } else { nil }
    }

    /// Of a median; nil of others.
    package var runs: Int? {
        if case .median(let runs) = choice { runs } else { nil }
    }
}

extension BaselineRule: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, runId, runs, labels, sameLabels, passesIfMissing
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let choice: Choice =
            switch try values.decode(Kind.self, forKey: .kind) {
            case .pinned: .pinned(RunID(try values.decode(String.self, forKey: .runId)))
            case .lastPassed: .lastPassed
            case .median: .median(runs: try values.decode(Int.self, forKey: .runs))
            }
        self.init(
            choice,
            labels: try values.decodeIfPresent([String: String].self, forKey: .labels) ?? [:],
            sameLabels: try values.decodeIfPresent([String].self, forKey: .sameLabels) ?? [],
            passesIfMissing: try values.decodeIfPresent(Bool.self, forKey: .passesIfMissing)
                ?? false)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(kind, forKey: .kind)
        try values.encodeIfPresent(pinnedRun?.text, forKey: .runId)
        try values.encodeIfPresent(runs, forKey: .runs)
        if !labels.isEmpty { try values.encode(labels, forKey: .labels) }
        if !sameLabels.isEmpty { try values.encode(sameLabels, forKey: .sameLabels) }
        if passesIfMissing { try values.encode(true, forKey: .passesIfMissing) }
    }
}
