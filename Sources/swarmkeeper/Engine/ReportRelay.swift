import Drivers
import LoadEngine
import Synchronization

/// Makes lines of the engine's reports, in the order in which they come.
final class ReportRelay: Sendable {
    private struct State {
        var endpoints: [EndpointName] = []
        var drain = Duration.zero
        var sequence = 0
        var wasSignalled = false
        var isAnnounced = false
    }

    private let writer: AnswerWriter
    private let atEnd: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameter atEnd: called after the last report is queued.
    init(writer: AnswerWriter, atEnd: @escaping @Sendable () -> Void) {
        self.writer = writer
        self.atEnd = atEnd
    }

    /// What reports will be about.
    func begin(_ plan: LoadPlan) {
        state.withLock { state in
            state.endpoints = plan.program.endpoints
            state.drain = plan.limits.drain
        }
    }

    /// Says that load is on; once, also when a first report says it sooner.
    func announce() {
        let drain: Duration? = state.withLock { state in
            defer { state.isAnnounced = true }
            return state.isAnnounced ? nil : state.drain
        }
        if let drain { writer.write(.started(drain: drain)) }
    }

    /// The end that comes now is nobody's request.
    func noteSignal() {
        state.withLock { $0.wasSignalled = true }
    }

    func take(_ load: LoadReport) {
        announce()
        let (endpoints, sequence, wasSignalled) = state.withLock { state in
            state.sequence += 1
            return (state.endpoints, state.sequence, state.wasSignalled)
        }
        var report = EngineReport(load, of: endpoints, sequence: sequence)
        if report.end?.cause == .stopped, wasSignalled {
            report.end = EngineEnd(.signalled, "the engine was told to end by a signal")
        }
        writer.write(.report(report))
        if report.end != nil { atEnd() }
    }
}
