import LoadEngine
import Metrics

/// An attack that is over.
struct AttackResult: Sendable {
    let subject: AttackSubject
    let report: LoadReport
    /// The signal that ended it early.
    let signal: Int32?
    /// When it began, as RFC 3339.
    let startedAt: String
    /// All endpoints as one.
    let total: EndpointStatistics

    init(subject: AttackSubject, report: LoadReport, signal: Int32?, startedAt: String) {
        self.subject = subject
        self.report = report
        self.signal = signal
        self.startedAt = startedAt
        total = report.total.total
    }

    var transport: TransportStatistics { report.total.transport }

    /// The time over which a rate is told: without the wait for the last answers, which one lost
    /// request makes as long as its time-out.
    var duration: Duration { min(report.elapsed, subject.duration) }

    func rate(_ count: UInt64) -> Double {
        let seconds = duration / .seconds(1)
        return seconds > 0 ? Double(count) / seconds : 0
    }

    /// Whether anything at all went well.
    var hasSuccess: Bool { total.requests > total.failures }
}
