import Foundation

/// A limit that leaves no room for what was asked, as it is told to who asked.
package struct LimitBreach: Equatable, Sendable {
    package let owner: Ceiling.Owner
    package let name: UsageLimits.Name
    package let max: Double
    package private(set) var requested: Double
    /// By others than the run that was asked for; nil where the request alone is too large.
    package let inUse: Double?
    /// When what is in use is counted anew; nil where it comes free with the end of runs.
    package internal(set) var resetsAt: Date?
    /// That use it, whosesoever they are: not every caller may be told of each.
    package private(set) var runs: [RunID]

    package init(
        _ owner: Ceiling.Owner, _ name: UsageLimits.Name, max: Double, requested: Double,
        inUse: Double? = nil, resetsAt: Date? = nil, runs: [RunID] = []
    ) {
        self.owner = owner
        self.name = name
        self.max = max
        self.requested = requested
        self.inUse = inUse
        self.resetsAt = resetsAt
        self.runs = runs
    }

    /// The same limit, in the way of another run.
    func asked(by plan: RunPlan) -> LimitBreach {
        var breach = self
        switch name {
        case .maxUsers, .maxTotalUsers: breach.requested = Double(plan.targetUsers)
        case .maxRequestsPerSecond, .maxTotalRequestsPerSecond:
            breach.requested = plan.reach?.requestsPerSecond ?? 0
        case .maxSpawnRate: breach.requested = plan.spawnRate
        case .maxDurationSeconds: breach.requested = plan.durationSeconds
        case .maxConcurrentRuns, .maxRunsPerDay, .maxQueuedRuns: breach.requested = 1
        }
        return breach
    }

    /// The same without the runs that a caller must not be told of.
    package func showing(_ visible: Set<RunID>) -> LimitBreach {
        var shown = self
        shown.runs = runs.filter(visible.contains)
        return shown
    }
}

extension LimitBreach: CustomStringConvertible {
    package var description: String {
        let limit = "the \(owner)'s \(name.rawValue) is \(Self.plain(max))"
        guard let inUse else { return "\(limit), and \(Self.plain(requested)) is asked for" }
        var text = "\(limit), and \(Self.plain(inUse)) of it in use"
        if requested != 1 { text += ", \(Self.plain(requested)) asked for" }
        if let resetsAt { text += "; it is counted anew from \(resetsAt.ISO8601Format()) on" }
        if !runs.isEmpty { text += ": " + runs.map { "run \($0)" }.joined(separator: ", ") }
        return text
    }

    /// Without a fraction where there is none.
    package static func plain(_ value: Double) -> String {
        guard value == value.rounded() else { return String(value) }
        return String(Int(exactly: value) ?? .max)
    }
}

extension Ceiling.Owner: CustomStringConvertible {
    /// What kind of owner it is, for programs.
    package var kind: String {
        switch self {
        case .tenant: "tenant"
        case .environment: "environment"
        case .target: "target"
        }
    }

    /// Its id within that kind; of a target, its pattern.
    package var id: String {
        switch self {
        case .tenant(let id): id
        case .environment(let key): key.envID
        case .target(let pattern): pattern.text
        }
    }

    package var description: String { "\(kind) \(id)" }
}
