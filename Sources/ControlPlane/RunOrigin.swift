/// What has started a run where no caller did.
package struct RunOrigin: Equatable, Sendable, Codable {
    package let scheduleID: String?
    package let suiteRunID: String?

    package init(schedule: ScheduleID? = nil, suiteRun: SuiteRunID? = nil) {
        scheduleID = schedule?.text
        suiteRunID = suiteRun?.text
    }
}
