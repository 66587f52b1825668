import Foundation
import JSON
import Thresholds

/// What a user writes to define a load test. A run keeps the copy that it was started with, so a
/// later change of the definition never rewrites history.
package struct LoadTestSpec: Equatable, Sendable, Codable {
    package var name: String
    package var description: String
    package var tags: [String]
    package var tenantId: String
    package var envId: String
    /// The one cluster to use; nil leaves the choice to the service.
    package var locustClusterId: String?
    /// Base URL of the system under test; becomes Locust's `host`.
    package var targetUrl: String
    /// The locustfile that the cluster is expected to run; checked at the start where our hook
    /// module tells it.
    package var locustfile: String?
    /// Free text handed to the locustfile as `--swarmkeeper-scenario-id`.
    package var scenarioId: String?
    /// What users of a native cluster do, an object as `LoadEngine` reads it; without it and
    /// without `targetsBase64` they send GET to `targetUrl`.
    package var scenario: JSONValue?
    /// The same as vegeta targets in one of its formats, as base64; never together with a scenario.
    package var targetsBase64: String?
    /// User classes to run; empty means all of the locustfile's.
    package var userClasses: [String]
    package var defaultUsers: Int
    package var defaultSpawnRate: Double
    package var defaultDurationSeconds: Double
    /// What a run takes where its start says nothing else; see `RunPlan`.
    package var minWorkersShare: Double?
    /// What a run is judged by where its start says nothing else; nil is nothing, as in what
    /// earlier versions have stored.
    package var thresholds: [Threshold]?
    /// What its runs are compared with; nil is nothing.
    package var baseline: BaselineRule?
    package var metadata: [String: JSONValue]

    package init(
        name: String, description: String = "", tags: [String] = [], tenantId: String,
        envId: String, locustClusterId: String? = nil, targetUrl: String,
        locustfile: String? = nil, scenarioId: String? = nil, scenario: JSONValue? = nil,
        targetsBase64: String? = nil, userClasses: [String] = [], defaultUsers: Int = 1,
        defaultSpawnRate: Double = 1, defaultDurationSeconds: Double = 60,
        minWorkersShare: Double? = nil, thresholds: [Threshold]? = nil,
        baseline: BaselineRule? = nil, metadata: [String: JSONValue] = [:]
    ) {
        self.name = name
        self.description = description
        self.tags = tags
        self.tenantId = tenantId
        self.envId = envId
        self.locustClusterId = locustClusterId
        self.targetUrl = targetUrl
        self.locustfile = locustfile
        self.scenarioId = scenarioId
        self.scenario = scenario
        self.targetsBase64 = targetsBase64
        self.userClasses = userClasses
        self.defaultUsers = defaultUsers
        self.defaultSpawnRate = defaultSpawnRate
        self.defaultDurationSeconds = defaultDurationSeconds
        self.minWorkersShare = minWorkersShare
        self.thresholds = thresholds
        self.baseline = baseline
        self.metadata = metadata
    }

    package var environment: EnvironmentKey { .init(tenantID: tenantId, envID: envId) }
}

/// A stored definition with its history marks.
package struct LoadTest: Equatable, Sendable {
    package let id: LoadTestID
    package var spec: LoadTestSpec
    /// Grows by one with each change; the value behind `ETag`.
    package var version: Int
    package var audit: Audit

    package init(id: LoadTestID, spec: LoadTestSpec, version: Int, audit: Audit) {
        self.id = id
        self.spec = spec
        self.version = version
        self.audit = audit
    }
}

/// Who made and last changed an object, and when.
package struct Audit: Equatable, Sendable, Codable {
    package let createdAt: Date
    /// The name of the token that created it.
    package let createdBy: String
    /// What the body claimed as `createdBy`: kept beside the proven name, never instead of it.
    package let claimedCreatedBy: String?
    package var updatedAt: Date
    package var updatedBy: String

    package init(at date: Date, by actor: String, claimed: String? = nil) {
        createdAt = date
        createdBy = actor
        claimedCreatedBy = claimed
        updatedAt = date
        updatedBy = actor
    }
}

/// How much load a run puts on and for how long.
package struct RunPlan: Equatable, Sendable, Codable {
    /// Users at the top of the ramp.
    package var targetUsers: Int
    /// Users started per second.
    package var spawnRate: Double
    /// From the moment the load is asked for, ramp included.
    package var durationSeconds: Double
    /// The run is stopped when a smaller share of its workers is left, of the most that it has had
    /// at once: from 0 to 1. Nil or 0 lets it go on with any number of them.
    package var minWorkersShare: Double?
    package var metadata: [String: JSONValue]
    /// What the run is judged by; nil is nothing, as in what earlier versions have stored.
    package var thresholds: [Threshold]?
    /// What is tested, as the start says it; see `RunLabels`. Nil is none, as in what earlier
    /// versions have stored.
    package var labels: [String: String]?
    /// Where the load goes, for limits of targets; nil as long as nobody has looked, and for runs
    /// from before there were such limits.
    package var reach: LoadReach?

    package init(
        targetUsers: Int, spawnRate: Double, durationSeconds: Double,
        minWorkersShare: Double? = nil, thresholds: [Threshold]? = nil,
        labels: [String: String]? = nil, metadata: [String: JSONValue] = [:]
    ) {
        self.targetUsers = targetUsers
        self.spawnRate = spawnRate
        self.durationSeconds = durationSeconds
        self.minWorkersShare = minWorkersShare
        self.thresholds = thresholds
        self.labels = labels
        self.metadata = metadata
    }

    package var judgedBy: [Threshold] { thresholds ?? [] }
}

/// Bounds of a plan that hold for everybody, whatever a tenant's own limits are.
package enum PlanLimits {
    /// Far above what one Locust master serves; a larger number is a slip of the keyboard.
    package static let usersMax = 1_000_000
    package static let spawnRateMax: Double = 100_000
    /// A week: soak tests fit, a forgotten one ends.
    package static let durationSecondsMax: Double = 604_800
    package static let durationSecondsMin: Double = 1
    /// Each is judged by all seconds of a run, and shown with it in every list.
    package static let thresholdsMax = 50
}
