import Foundation
import JSON

/// One line of a run's story: what was asked of its cluster and what became of that, and what was
/// seen of it.
package struct TimelineEntry: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Orders to the cluster. Each is stored before it is given, and its outcome after it: an
        /// order without an outcome may have been given or not.
        case start
        case stop
        case changeUsers

        case accepted
        case stateChanged
        /// A new process of the service has taken over the run.
        case adopted
        case workersLost
        case workersReturned
        /// The cluster does not answer, or answers again.
        case clusterUnreachable
        case clusterReachable
        /// The master is another process than the one that took the order.
        case masterRestarted
        /// The load is over, and its last numbers are in.
        case loadEnded
        /// Load of this run was found on the cluster when there should have been none.
        case loadReturned
        /// The run was judged.
        case verdict

        package var isOrder: Bool {
            switch self {
            case .start, .stop, .changeUsers: true
            case .accepted, .stateChanged, .adopted, .workersLost, .workersReturned,
                .clusterUnreachable, .clusterReachable, .masterRestarted, .loadEnded, .loadReturned,
                .verdict:
                false
            }
        }

        /// Whether a new process of the service goes by the last line of this kind.
        package var isLandmark: Bool {
            isOrder || [.adopted, .masterRestarted].contains(self)
        }
    }

    /// What became of an order.
    package struct Outcome: Equatable, Sendable {
        package enum Result: String, CaseIterable, Sendable {
            case done
            /// The cluster said no: nothing has changed there.
            case refused
            /// Whether the cluster has taken the order cannot be known.
            case unknown
            /// It did not work, and is being tried again.
            case retrying
        }

        package let at: Date
        package let result: Result
        package let detail: String

        package init(_ result: Result, _ detail: String = "", at: Date) {
            self.at = at
            self.result = result
            self.detail = detail
        }
    }

    /// From 1, without gaps, in the order in which the lines were stored.
    package let number: Int
    package let at: Date
    package let kind: Kind
    /// In words, for people.
    package let detail: String
    /// The same for programs, such as `{"workers": 2}`.
    package let facts: [String: JSONValue]
    /// Of an order; nil as long as nobody knows.
    package let outcome: Outcome?

    package init(
        number: Int, at: Date, kind: Kind, detail: String = "", facts: [String: JSONValue] = [:],
        outcome: Outcome? = nil
    ) {
        self.number = number
        self.at = at
        self.kind = kind
        self.detail = detail
        self.facts = facts
        self.outcome = outcome
    }
}

/// A line of a run's story that is still to be stored.
package struct TimelineNote: Equatable, Sendable {
    package let kind: TimelineEntry.Kind
    package let at: Date
    package let detail: String
    package let facts: [String: JSONValue]

    package init(
        _ kind: TimelineEntry.Kind, at: Date, _ detail: String = "",
        facts: [String: JSONValue] = [:]
    ) {
        self.kind = kind
        self.at = at
        self.detail = detail
        self.facts = facts
    }
}

/// A stored line, to which an outcome can be added.
package struct TimelineMark: Hashable, Sendable {
    package let run: RunID
    package let number: Int

    package init(run: RunID, number: Int) {
        self.run = run
        self.number = number
    }
}

/// The port to the runs' stories. Of a run's first line (`accepted`) and its changes of state the
/// store itself takes note, together with them.
package protocol RunJournal: Sendable {
    /// Stores a line, durably; an order before it is given.
    ///
    /// - Returns: nil when the run has `RunJournalLimits.notesMax` lines already and this one is no
    ///   order: it is then left out.
    @discardableResult
    func note(_ note: TimelineNote, of run: RunID) async throws(ControlPlaneError) -> TimelineMark?

    /// Stores what became of an order; the last word counts.
    func settle(_ order: TimelineMark, _ outcome: TimelineEntry.Outcome)
        async throws(ControlPlaneError)

    /// A part of the story of a run, oldest line first.
    func timeline(of run: RunID, _ page: PageRequest) async throws(ControlPlaneError)
        -> Page<TimelineEntry>

    /// What a new process has to know of a run: the last order of each kind that was given, or was
    /// about to be, and when its master was last restarted and it was last taken over.
    func landmarks(of run: RunID) async throws(ControlPlaneError) -> [TimelineEntry]
}

package enum RunJournalLimits {
    /// Workers that come and go each second for an hour fill no disk.
    package static let notesMax = 2_000
}
