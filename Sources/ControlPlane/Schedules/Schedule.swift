import Foundation
import Schedules

/// What a user writes to have something started by itself.
package struct ScheduleSpec: Equatable, Sendable, Codable {
    /// What becomes of a tick while what an earlier one has started is not over.
    package enum Overlap: String, CaseIterable, Sendable, Codable {
        /// It is passed over.
        case skip
        /// It waits.
        case queue
        /// What is on is stopped, and the tick waits for its end.
        case cancelPrevious
    }

    /// `Schedules.CatchUp` by its name.
    package enum CatchUpPolicy: String, CaseIterable, Sendable, Codable {
        case none, last, all
    }

    package var name: String
    package var description = ""
    package var tenantId: String
    package var envId: String
    package var isEnabled = true
    /// Either of them.
    package var loadTestId: String?
    package var suiteId: String?
    /// With a time zone, or `at`.
    package var cron: String?
    package var timeZone: String?
    package var at: Date?
    package var startsAt: Date?
    package var endsAt: Date?
    package var overlap = Overlap.skip
    package var catchUp = CatchUpPolicy.none
    /// Of `all`.
    package var catchUpMax = Self.catchUpMaxDefault
    package var catchUpSeconds = Self.catchUpSecondsDefault
    /// Of all that it runs; see `RunLabels`. Nil is none, as in what earlier versions have stored.
    package var labels: [String: String]?
    /// For runs of a load test.
    package var change = PlanChange()
    package var queuesWhenBusy = false
    package var queueTimeoutSeconds: Double?

    package static let catchUpMaxDefault = 5
    package static let catchUpSecondsDefault = 86_400.0

    package init(name: String, tenantId: String, envId: String) {
        self.name = name
        self.tenantId = tenantId
        self.envId = envId
    }

    package var environment: EnvironmentKey { .init(tenantID: tenantId, envID: envId) }

    /// When it has ticks; nil for one that cannot be read, which nobody can have stored.
    package var timing: Timing? {
        if let at { return Timing(.once(at), startsAt: startsAt, endsAt: endsAt) }
        guard let cron, let timeZone, let zone = TimeZoneName.zone(timeZone) else { return nil }
        // Checked when it was stored: a version that reads less must not fall over it.
        guard let expression = try? CronExpression(cron) else { return nil }
        return Timing(.cron(expression, zone), startsAt: startsAt, endsAt: endsAt)
    }

    package var catchUpRule: CatchUp {
        switch catchUp {
        case .none: .none
        case .last: .last
        case .all: .all(max: catchUpMax, within: .seconds(catchUpSeconds))
        }
    }

    /// Whether the same ticks follow from it.
    func hasSameTicks(as other: ScheduleSpec) -> Bool {
        (cron, timeZone, at) == (other.cron, other.timeZone, other.at)
            && (startsAt, endsAt) == (other.startsAt, other.endsAt)
            && isEnabled == other.isEnabled
    }
}

/// A stored schedule.
package struct Schedule: Equatable, Sendable {
    /// Of one tenant. Each is looked at once a second.
    package static let countMax = 200

    package let id: ScheduleID
    package var spec: ScheduleSpec
    /// Grows by one with each change by somebody; the value behind `ETag`.
    package var version: Int
    package var audit: Audit
    /// Who has changed it last (`Principal.identity`).
    package var requester: String
    /// All ticks up to here are dealt with.
    package var mark: Date
    /// Up to here it is not known any more what became of ticks.
    package var forgottenThrough: Date?
    /// Why the service has disabled it; nil where somebody did, and while it is enabled.
    package var disabledBecause: String?

    package init(
        id: ScheduleID, spec: ScheduleSpec, version: Int, audit: Audit, requester: String,
        mark: Date
    ) {
        self.id = id
        self.spec = spec
        self.version = version
        self.audit = audit
        self.requester = requester
        self.mark = mark
    }

    /// Takes over what somebody wants instead. Ticks of other times, or of a pause, are not made
    /// up for.
    package mutating func replace(
        with spec: ScheduleSpec, by actor: String, requester: String, at now: Date
    ) {
        if !spec.hasSameTicks(as: self.spec) { mark = now }
        self.spec = spec
        self.requester = requester
        disabledBecause = nil
        version += 1
        audit.updatedAt = now
        audit.updatedBy = actor
    }

    /// The actor of what it starts.
    package var actor: String { "schedule:\(id)" }

    /// The next ticks; none while it is disabled.
    package func nextTimes(_ count: Int, after now: Date) -> [Date] {
        spec.isEnabled ? spec.timing?.nextTimes(count, after: max(now, mark)) ?? [] : []
    }
}
