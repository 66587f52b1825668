import Foundation

/// One moment of a schedule, and what came of it.
package struct ScheduleTick: Equatable, Sendable {
    /// Of each schedule so many are known; a week of one that has a tick each minute.
    package static let keptMax = 10_080

    /// - starting: noted, and what it starts is not stored yet. Left by the scheduler, of this
    ///   process or the next one.
    /// - waiting: for the end of what an earlier tick has started. Left by the scheduler.
    /// - started, skipped (by the overlap policy, or with its schedule), missed (by the catch-up
    ///   policy), refused (as a caller would have been): for good.
    package enum Outcome: String, CaseIterable, Sendable, Codable {
        case starting, waiting, started, skipped, missed, refused

        package var isOpen: Bool { self == .starting || self == .waiting }
    }

    package let schedule: ScheduleID
    /// The moment that it is for.
    package let time: Date
    /// Under which what it starts is stored.
    package let id: String
    /// Whether it starts a suite, and not a run.
    package var isSuite = false
    package var outcome: Outcome
    /// How many it stands for: of those that are missed together, one is kept.
    package var count = 1
    /// Of the problem that a caller would have been answered.
    package var code: String?
    package var detail: String?
    package var decidedAt: Date

    package init(
        schedule: ScheduleID, time: Date, id: String, outcome: Outcome, decidedAt: Date
    ) {
        self.schedule = schedule
        self.time = time
        self.id = id
        self.outcome = outcome
        self.decidedAt = decidedAt
    }
}
