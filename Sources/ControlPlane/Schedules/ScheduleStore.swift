import Foundation

/// The port to stored schedules and their ticks.
package protocol ScheduleStore: Sendable {
    /// - Throws: `.tooManySchedules`.
    func insert(_ schedule: Schedule) async throws(ControlPlaneError)

    func schedule(_ id: ScheduleID, in scope: Scope) async throws(ControlPlaneError) -> Schedule?

    func schedules(_ query: ScheduleQuery) async throws(ControlPlaneError) -> Page<Schedule>

    /// Replaces a schedule; its version must be one above the stored one.
    ///
    /// - Parameter movesMark: whether ticks count from its mark on; otherwise from the stored one,
    ///   which may have moved since it was read.
    /// - Throws: `.versionConflict` when it was changed meanwhile.
    func update(_ schedule: Schedule, movesMark: Bool) async throws(ControlPlaneError)

    /// Deletes a schedule with its ticks; what they have started stays.
    ///
    /// - Throws: `.versionConflict` when `version` is given and is not the stored one.
    func delete(_ id: ScheduleID, version: Int?, in scope: Scope) async throws(ControlPlaneError)

    func ticks(_ query: TickQuery) async throws(ControlPlaneError) -> Page<ScheduleTick>

    /// Those that are enabled.
    func enabledSchedules() async throws(ControlPlaneError) -> [Schedule]

    /// The ticks that are starting or waiting, oldest first.
    ///
    /// - Parameter schedule: nil for those of all.
    func openTicks(of schedule: ScheduleID?) async throws(ControlPlaneError) -> [ScheduleTick]

    /// The newest tick of each of these schedules that has one.
    func lastTicks(of schedules: [ScheduleID])
        async throws(ControlPlaneError) -> [ScheduleID: ScheduleTick]

    /// Notes ticks and that all up to `mark` are dealt with, both or none. One that was noted
    /// before stays as it is: so none happens twice, whatever clocks and processes do. Only one
    /// that was missed may start after all, when a clock that was put back comes to it again.
    ///
    /// - Returns: those that were not noted before; nil when the schedule was changed since this
    ///   version, or is not enabled any more, and nothing was noted.
    func note(_ ticks: [ScheduleTick], of id: ScheduleID, version: Int, mark: Date)
        async throws(ControlPlaneError) -> [ScheduleTick]?

    /// Stores what has become of a tick.
    func settle(_ tick: ScheduleTick) async throws(ControlPlaneError)

    /// Stores that the clock was put back: ticks count from here on again.
    func setBack(_ id: ScheduleID, to mark: Date) async throws(ControlPlaneError)

    /// Disables a schedule that can start nothing any more.
    func disable(_ id: ScheduleID, version: Int, because reason: String, at now: Date)
        async throws(ControlPlaneError)

    /// What ticks of the schedule have started and is not over, newest first.
    func unfinished(of id: ScheduleID) async throws(ControlPlaneError) -> [String]

    /// Whether what a tick was to start is stored under its id.
    func isStarted(_ id: String) async throws(ControlPlaneError) -> Bool
}

/// Which schedules a caller wants, newest first.
package struct ScheduleQuery: Equatable, Sendable {
    package var scope: Scope
    package var tenantID: String?
    package var envID: String?
    package var text: String?
    package var page: PageRequest

    package init(scope: Scope, page: PageRequest = .init()) {
        self.scope = scope
        self.page = page
    }
}

/// Which ticks of a schedule a caller wants, newest first.
package struct TickQuery: Equatable, Sendable {
    package let schedule: ScheduleID
    package var outcomes: [ScheduleTick.Outcome] = []
    package var page: PageRequest

    package init(schedule: ScheduleID, page: PageRequest = .init()) {
        self.schedule = schedule
        self.page = page
    }
}
