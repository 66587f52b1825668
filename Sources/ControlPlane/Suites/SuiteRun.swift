import Foundation

/// One execution of a suite, with the copy of it that it was started with.
///
/// The ids of all its runs are chosen when it is stored. So whoever goes on with it can tell which
/// of them have begun, and none begins twice.
package struct SuiteRun: Equatable, Sendable {
    /// At the same time, of one tenant.
    package static let liveMax = 20
    /// Of each suite, with those that are not over.
    package static let keptMax = 1000

    package enum State: String, CaseIterable, Sendable, Codable {
        /// Left by the end of its last run, by a failure where it stops then, or by a stop.
        case running = "Running"
        /// Somebody has stopped it: its runs are being stopped, and no more are started. Left when
        /// they are over.
        case stopping = "Stopping"
        case finished = "Finished"
    }

    /// What is known of one of its runs.
    package struct Item: Equatable, Sendable, Codable {
        package enum State: String, CaseIterable, Sendable, Codable {
            /// It is not its turn yet, or it is just being started.
            case pending
            /// It is there.
            case started
            /// It could not be started.
            case refused
            /// The suite ended before it.
            case notStarted
        }

        package let runID: String
        package let loadTestID: String
        /// The load test's, as soon as it is known.
        package var name: String?
        package var state = State.pending
        /// Of the problem that a caller would have been answered.
        package var code: String?
        package var detail: String?
        package var runState: RunState?
        package var verdict: Verdict.Result?
        package var verdictReason: String?

        package init(runID: String, loadTestID: String) {
            self.runID = runID
            self.loadTestID = loadTestID
        }
    }

    /// What changes on its way, as it is stored.
    package struct Progress: Equatable, Sendable, Codable {
        package var items: [[Item]]
        package var stopRequestedAt: Date?
        package var stopRequestedBy: String?
        package var endedAt: Date?
        package var verdict: Verdict.Result?
        package var verdictReason: String?
        /// Grows with each change, so that a late save can never undo a newer one.
        package var revision = 1
    }

    package let id: SuiteRunID
    package let suiteID: SuiteID
    package let spec: SuiteSpec
    /// Who has started it (`Principal.identity`).
    package let requester: String
    package let scheduleID: ScheduleID?
    /// Of all its runs; see `RunLabels`.
    package let labels: [String: String]
    package let audit: Audit
    package internal(set) var progress: Progress

    /// A new one.
    package init(
        id: SuiteRunID, of suite: Suite, requester: String, schedule: ScheduleID?,
        labels: [String: String] = [:], audit: Audit, newID: () -> String
    ) {
        let items = suite.spec.steps.map { step in
            step.tests.map { Item(runID: newID(), loadTestID: $0.loadTestId) }
        }
        self.init(
            restoring: id, suiteID: suite.id, spec: suite.spec, requester: requester,
            schedule: schedule, labels: labels, audit: audit, progress: Progress(items: items))
    }

    package init(
        restoring id: SuiteRunID, suiteID: SuiteID, spec: SuiteSpec, requester: String,
        schedule: ScheduleID?, labels: [String: String], audit: Audit, progress: Progress
    ) {
        self.id = id
        self.suiteID = suiteID
        self.spec = spec
        self.requester = requester
        scheduleID = schedule
        self.labels = labels
        self.audit = audit
        self.progress = progress
    }

    package var state: State {
        if progress.endedAt != nil { return .finished }
        return progress.stopRequestedAt == nil ? .running : .stopping
    }

    /// As it was when it was stored first: what the first answer to its order showed.
    package var asAccepted: SuiteRun {
        var run = self
        run.progress = Progress(
            items: progress.items.map { step in
                step.map { Item(runID: $0.runID, loadTestID: $0.loadTestID) }
            })
        return run
    }
}
