import ControlPlane
import JSON

/// Limits as they are told to who meets them.
extension Problem {
    /// - Parameter names: of the fields that ask for too much.
    static func exceeding(_ breaches: [LimitBreach], _ names: AmountFields) -> Problem {
        var problem = Problem.invalid(breaches.map { $0.fault(names) })
        problem.limits = breaches
        return problem
    }
}

extension LimitBreach {
    /// A request that is too large by itself.
    func fault(_ names: AmountFields) -> FieldError {
        let asked = Self.plain(requested)
        switch name {
        case .maxUsers, .maxTotalUsers:
            return FieldError(pointer: "/\(names.users)", message: "\(asked) is above \(limit)")
        case .maxSpawnRate:
            return FieldError(pointer: "/\(names.spawnRate)", message: "\(asked) is above \(limit)")
        case .maxDurationSeconds:
            return FieldError(pointer: "/\(names.duration)", message: "\(asked) is above \(limit)")
        case .maxRequestsPerSecond, .maxTotalRequestsPerSecond:
            return FieldError(
                pointer: "/scenario/load",
                message: "\(asked) requests per second are above \(limit)")
        case .maxConcurrentRuns, .maxRunsPerDay, .maxQueuedRuns:
            return FieldError(pointer: place, message: "may have no run: \(limit) leaves none")
        }
    }

    /// Where a body, or the definition that it is for, names the owner.
    private var place: String {
        switch owner {
        case .tenant: "/tenantId"
        case .environment: "/envId"
        case .target: "/targetUrl"
        }
    }

    private var limit: String {
        switch owner {
        case .tenant: "the tenant's \(name.rawValue) of \(Self.plain(max))"
        case .environment, .target: "the \(owner)'s \(name.rawValue) of \(Self.plain(max))"
        }
    }

    var json: JSONValue {
        .object([
            "name": .string(name.rawValue), "of": .string(owner.kind), "id": .string(owner.id),
            "max": name.json(max), "requested": name.json(requested), "inUse": name.json(inUse),
            "resetsAt": JSONValue(resetsAt),
        ])
    }
}

extension [LimitBreach] {
    /// Each once, in their order.
    var uniqueRuns: [RunID] {
        var seen: Set<RunID> = []
        return flatMap(\.runs).filter { seen.insert($0).inserted }
    }
}

extension UsageLimits.Name {
    /// A value of this limit, without a fraction where it can have none.
    func json(_ value: Double?) -> JSONValue {
        guard isCount, let value else { return JSONValue(value) }
        return .int(Int64(exactly: value) ?? .max)
    }
}

extension UsageLimits {
    var json: JSONValue { json(of: Name.allCases) }

    func json(of names: [Name]) -> JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: names.map { ($0.rawValue, $0.json(self[$0])) }))
    }
}
