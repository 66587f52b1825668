import ControlPlane
import JSON

extension QueuePlace {
    var json: JSONValue {
        .object([
            "position": JSONValue(position), "since": JSONValue(since), "until": JSONValue(until),
            "waitsFor": .string(waitsFor),
        ])
    }
}

extension Run {
    /// What is told of its place in the queue; nil for a run that is not queued.
    func queuePlace(_ known: QueuePlace?) -> QueuePlace? {
        guard state == .queued, let ticket else { return nil }
        if let known { return known }
        let first = QueuePlace.first(ticket)
        return QueuePlace(
            position: nil, since: first.since, until: first.until, waitsFor: first.waitsFor)
    }

    /// As its caller was told who started it.
    var firstPlace: QueuePlace? { ticket.map(QueuePlace.first) }
}
