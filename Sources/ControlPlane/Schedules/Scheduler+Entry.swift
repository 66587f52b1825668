import Foundation
import Schedules

extension Scheduler {
    /// What a scheduler knows of a schedule that is enabled.
    struct Entry {
        var schedule: Schedule
        let timing: Timing
        var next: Date?
        /// Oldest first.
        var open: [ScheduleTick] = []
        /// When it was worked on last, in turns of all.
        var turn = 0

        /// Whether its ticks are dealt with up to a time that has not come (again). A second more
        /// or less is no clock that was put back: clocks are adjusted, and what is stored is
        /// rounded.
        func isAhead(of now: Date) -> Bool {
            now.addingTimeInterval(1) < schedule.mark
                && schedule.forgottenThrough ?? .distantPast < schedule.mark
        }

        /// Whether there is a tick to be noted or to be started.
        func hasToBegin(at now: Date) -> Bool {
            next.map { $0 <= now } ?? false || open.contains { $0.outcome == .starting }
        }

        /// Whether it is worked on first: who was not for longer, then what is due first.
        func isBefore(_ other: Self) -> Bool { (turn, place) < (other.turn, other.place) }

        private var place: Date { open.first?.time ?? next ?? .distantFuture }
    }
}
