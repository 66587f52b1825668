import Foundation

/// What becomes of ticks that nobody was there for: the service was down, or its clock was put
/// forward over them.
package enum CatchUp: Equatable, Sendable {
    /// They are passed over.
    case none
    /// The last of them happens, unless there is one that is on time.
    case last
    /// The last `max` of those happen that are not older than `within`.
    case all(max: Int, within: Duration)

    /// Of ticks that happen at once after a pause: more of them are a storm.
    package static let countMax = 100
    /// A week: whoever wants older ones wants another run.
    package static let withinMax = Duration.seconds(7 * 24 * 3600)
}

/// What is to be done about the ticks up to now.
package struct DueTicks: Equatable, Sendable {
    /// Ticks that are passed over.
    package struct Missed: Equatable, Sendable {
        /// Counted up to this one: nobody needs to know how many more there were.
        package static let countMax = 1000

        package let count: Int
        package let last: Date
    }

    /// To happen now, oldest first.
    package var now: [Date] = []
    package var missed: Missed?
    /// The last of all that are dealt with; nil where there are none.
    package var mark: Date?
}

extension Timing {
    /// The ticks behind `mark` and up to `now`.
    ///
    /// - Parameter grace: how late a tick may be and still be on time.
    package func due(
        after mark: Date, at now: Date, grace: Duration, _ catchUp: CatchUp
    ) -> DueTicks {
        var due = DueTicks()
        let late = now.addingTimeInterval(-(grace / .seconds(1)))
        due.now = times(after: max(mark, late), through: now, max: DueTicks.Missed.countMax)
        due.mark = due.now.last
        guard mark < late, let last = last(after: mark, through: late) else { return due }
        if due.mark == nil { due.mark = last }
        var caughtUp: [Date] = []
        switch catchUp {
        case .none: break
        case .last: if due.now.isEmpty { caughtUp = [last] }
        case .all(let most, let within):
            let oldest = max(mark, now.addingTimeInterval(-(within / .seconds(1)) - 0.001))
            caughtUp = times(after: oldest, through: late, max: .max).suffix(most)
        }
        let end = caughtUp.first.map { $0.addingTimeInterval(-0.001) } ?? late
        let missed = times(after: mark, through: end, max: DueTicks.Missed.countMax)
        if !missed.isEmpty, let lastMissed = self.last(after: mark, through: end) {
            due.missed = DueTicks.Missed(count: missed.count, last: lastMissed)
        }
        due.now = caughtUp + due.now
        return due
    }
}
