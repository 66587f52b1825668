import Foundation

/// A run's place in the queue, stored with it: what it takes to put it back there.
package struct QueueTicket: Equatable, Sendable, Codable {
    /// Grows with each run that is queued, over all tenants.
    package let number: Int
    package let since: Date
    /// When the run is given up if it still waits.
    package let until: Date
    /// What its caller was told, so that a repeated request is told the same.
    package let firstPosition: Int
    package let firstWaitsFor: String
    /// When there was room for it; nil as long as it waits.
    package internal(set) var leftAt: Date?

    package init(
        number: Int, since: Date, until: Date, firstPosition: Int, firstWaitsFor: String
    ) {
        self.number = number
        self.since = since
        self.until = until
        self.firstPosition = firstPosition
        self.firstWaitsFor = firstWaitsFor
    }

    /// As it was given out.
    var asGiven: QueueTicket {
        QueueTicket(
            number: number, since: since, until: until, firstPosition: firstPosition,
            firstWaitsFor: firstWaitsFor)
    }
}

/// What is told of a run that waits.
package struct QueuePlace: Equatable, Sendable {
    /// Among the queued runs of its tenant, from 1; nil where it is just leaving the queue.
    package let position: Int?
    package let since: Date
    package let until: Date
    /// In words, without anything of other tenants.
    package let waitsFor: String

    package init(position: Int?, since: Date, until: Date, waitsFor: String) {
        self.position = position
        self.since = since
        self.until = until
        self.waitsFor = waitsFor
    }

    /// As the caller was told who queued it.
    package static func first(_ ticket: QueueTicket) -> QueuePlace {
        QueuePlace(
            position: ticket.firstPosition, since: ticket.since, until: ticket.until,
            waitsFor: ticket.firstWaitsFor)
    }
}

/// What is to be done where there is no room for a run.
package enum WhenBusy: String, CaseIterable, Sendable {
    case refuse
    case queue
}
