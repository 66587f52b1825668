import ControlPlane
import Foundation
import Logging
import Synchronization

/// One engine: a process, what it has told, and what it is still to be told. The talking is done
/// by the thread of its `EngineChannel`; everybody else meets it here.
final class EngineChild: Sendable {
    /// Unsent requests beyond the order; a process that leaves more than this unread hangs.
    static let unsentBytesMax = 65_536

    let order: EngineOrder
    let clusterID: String
    let process: ChildProcess
    /// Tells two engines of the same run apart, also when process numbers come round again.
    let boot: String
    /// Load is on, or will never be.
    let answered = Latch()
    /// The process is no more, and all that it wrote is read.
    let gone = Latch()
    private let time: any TimeSource
    private let logger: Logger
    private let waker: ChildPipe.End
    private let state: Mutex<State>

    private struct State {
        var outbox: [UInt8]
        var lastHeard: Duration
        var refusal: [ScenarioFault]?
        var started: (date: Date, uptime: Duration)?
        var reports = ReportQueue()
        var last: EngineReport?
        var end: EngineEnd?
        var isGone = false
        var drain = Duration.zero
        var endsWithService = false
    }

    /// How an engine stands, with what it has measured since it was asked before.
    struct Standing {
        enum Phase: Equatable {
            /// It has the order and has not answered.
            case starting
            case loading
            case over(EndReason?, String)
        }

        let phase: Phase
        let lastHeard: Duration
        let observations: [Observation]
    }

    /// Starts a process and sends it the order.
    init(
        _ order: EngineOrder, program: EngineProgram, clusterID: String,
        patience: EnginePatience, time: any TimeSource, logger: Logger
    ) throws(DriverError) {
        let (input, output) = (try ChildPipe(), try ChildPipe())
        let (errors, wake) = (try ChildPipe(), try ChildPipe())
        do throws(DriverError) {
            process = try ChildProcess.start(
                program.path, program.arguments + [order.runID],
                environment: program.environment, input: input.childs, output: output.childs,
                errors: errors.childs)
        } catch {
            throw DriverError("the engine of run \(order.runID) did not start: \(error)")
        }
        self.order = order
        self.clusterID = clusterID
        self.time = time
        self.logger = logger.with([
            "runId": .string(order.runID), "clusterId": .string(clusterID),
            "pid": .int(Int(process.pid)),
        ])
        boot = "\(process.pid)-\(Int(time.now.timeIntervalSince1970 * 1000))"
        waker = wake.ours
        state = Mutex(
            State(outbox: EngineRequest.order(order).line, lastHeard: time.uptime))
        self.logger.info("engine started")
        let streams = EngineChannel.Streams(
            input: input.ours, output: output.ours, errors: errors.ours, wake: wake.childs)
        Thread { EngineChannel(self, streams, patience).run() }.start()
        Thread {
            self.process.waitForExit()
            self.wake()
        }.start()
    }

    /// Whether the process may still make load.
    var isLive: Bool { state.withLock { !$0.isGone } }

    /// Whether there ever was load.
    var hasStarted: Bool { state.withLock { $0.started != nil } }

    var users: Int { state.withLock { $0.isGone ? 0 : $0.last?.users ?? 0 } }

    /// What was wrong with the order, when that is why there is no load.
    var refusal: [ScenarioFault]? { state.withLock { $0.refusal } }

    /// Queues a request.
    ///
    /// - Returns: whether there was room for it.
    @discardableResult
    func send(_ request: EngineRequest) -> Bool {
        let isQueued = state.withLock { state in
            guard !state.isGone, state.started != nil || request == .stop else { return false }
            // A lease behind others says nothing that they do not.
            if request == .lease, !state.outbox.isEmpty { return true }
            // A stop has room beside any order.
            guard request == .stop || state.outbox.count < Self.unsentBytesMax else { return false }
            state.outbox += request.line
            return true
        }
        wake()
        return isQueued
    }

    /// How much longer the load lasts by its own clock; nil while there is none.
    var timeLeft: Duration? {
        state.withLock { state in
            state.started.map { $0.uptime + order.duration - time.uptime }
        }
    }

    /// How long nothing was heard of the load; nil while there is none.
    var silence: Duration? {
        state.withLock { state in
            state.isGone || state.started == nil ? nil : time.uptime - state.lastHeard
        }
    }

    /// How long requests on their way are waited for at the end.
    var drain: Duration { state.withLock { $0.drain } }

    /// Stops the load because the service is about to end.
    func endWithService() {
        state.withLock { $0.endsWithService = true }
        send(.stop)
    }

    /// Why the load is over, and in which words.
    private static func ending(_ end: EngineEnd, _ state: borrowing State) -> Standing.Phase {
        let wasTold = end.cause == .stopped || end.cause == .signalled
        return state.endsWithService && wasTold
            ? .over(.shutdown, "the service was shut down, and the load with it")
            : .over(end.reason, end.detail)
    }

    func standing() -> Standing {
        let (phase, lastHeard, reports, started) = state.withLock { state in
            let phase: Standing.Phase =
                if state.isGone, let end = state.end {
                    Self.ending(end, state)
                } else {
                    state.started == nil ? .starting : .loading
                }
            return (phase, state.lastHeard, state.reports.takeAll(), state.started?.date)
        }
        return Standing(
            phase: phase, lastHeard: lastHeard,
            observations: reports.map {
                $0.observation(from: started ?? time.now, epoch: boot)
            })
    }

    private func wake() {
        // A full socket holds wake-ups enough.
        _ = waker.write([0])
    }
}

/// What the channel's thread brings and takes.
extension EngineChild {
    /// What is to be written next.
    func takeOutbox() -> [UInt8] {
        state.withLock { state in
            defer { state.outbox = [] }
            return state.outbox
        }
    }

    /// - Throws: when the answer cannot come at this point.
    func receive(_ answer: EngineAnswer) throws(WireFault) {
        let (date, uptime) = (time.now, time.uptime)
        let fault: WireFault? = state.withLock { state in
            state.lastHeard = uptime
            guard state.refusal == nil, state.end == nil else {
                return WireFault("an answer after the last one")
            }
            switch answer {
            case .started(let drain):
                guard state.started == nil else { return WireFault("a second start") }
                (state.started, state.drain) = ((date, uptime), drain)
            case .refused(let faults):
                guard state.started == nil else { return WireFault("a refusal after the start") }
                state.refusal = faults
            case .report(let report):
                guard state.started != nil, report.sequence > state.last?.sequence ?? 0 else {
                    return WireFault("report \(report.sequence) out of order")
                }
                state.reports.append(report)
                state.last = report
                state.end = report.end
            }
            return nil
        }
        if let fault { throw fault }
        if case .report = answer { return }
        answered.set()
    }

    /// What is missing in the numbers of an engine that could not make its last report.
    private static func gap(behind state: borrowing State) -> String {
        guard state.started != nil else { return "" }
        guard let last = state.last else { return "; there are no numbers of it" }
        let seconds = (last.elapsed.inSeconds * 10).rounded() / 10
        return
            "; its numbers are those of the first \(seconds) s, what it did after that is missing"
    }

    /// The process is gone, and `trouble` says what went wrong if it was not as it should be.
    func finish(_ trouble: String?, lastWords: String) {
        let exit = process.exit?.description ?? "is gone"
        let shown = lastWords.suffix(EngineChannel.lastWordsShown)
        let what =
            "the engine of run \(order.runID) (process \(process.pid)) "
            + (trouble.map { "\($0) and \(exit)" } ?? exit)
        let words = shown.isEmpty ? "" : "; its last words: \(shown)"
        let loss = state.withLock { state -> EngineEnd? in
            defer { state.isGone = true }
            state.outbox = []
            guard state.end == nil else { return nil }
            let loss = EngineEnd(.failed, what + Self.gap(behind: state) + words)
            state.end = loss
            // So that nobody waits for numbers that will not come any more.
            if state.started != nil { state.reports.append(.last(state.last, end: loss)) }
            return state.refusal == nil ? loss : nil
        }
        if let loss {
            logger.warning(
                "engine lost",
                ["detail": .string(loss.detail), "lastWords": .string(lastWords)])
        } else {
            logger.info("engine ended", ["detail": .string(exit)])
        }
        answered.set()
        gone.set()
    }
}
