import Foundation
import LoadEngine

/// One attack from its first request to its exit code.
struct Attack {
    /// How a load is ended early.
    struct Brake: Sendable {
        /// Begins nothing new, and waits for what is on its way.
        var stop: @Sendable () -> Void = {}
        /// Waits for nothing any more.
        var giveUp: @Sendable () -> Void = {}
    }

    /// What an attack needs of an engine: to start the load, and to end it early.
    typealias Engine =
        @Sendable (LoadPlan, @escaping @Sendable (LoadReport) -> Void)
        throws(LoadError) -> Brake

    static let nativeEngine: Engine = { plan, onReport throws(LoadError) in
        let run = try LoadRun.start(plan, onReport: onReport)
        return Brake(stop: { run.stop() }, giveUp: { run.giveUp() })
    }

    private enum Event: Sendable {
        case report(LoadReport)
        case signal(Int32)
    }

    /// Why nothing was measured.
    struct Failure: Error, CustomStringConvertible {
        let description: String
        /// What a shell is told.
        var code: Int32 = 1
    }

    let options: AttackOptions
    let plan: LoadPlan
    let subject: AttackSubject
    var console: AttackConsole
    var engine = nativeEngine
    /// What asks for an early end, from when it is called.
    var signals: @Sendable () -> AsyncStream<Int32> = { Signals.stream(of: [SIGINT, SIGTERM]) }

    /// Shoots, shows, and writes the files.
    ///
    /// - Returns: what was measured, and what could not be written of it.
    func run() async throws(Failure) -> (result: AttackResult, unwritten: [String]) {
        do throws(OutputFile.Failure) {
            try AttackOutputs.check(options.outputs)
        } catch {
            throw Failure(description: error.description)
        }
        let (events, continuation) = AsyncStream.makeStream(of: Event.self)
        let startedAt = Date.now.formatted(
            .iso8601.year().month().day().time(includingFractionalSeconds: true).timeZone(
                separator: .omitted))
        // Before the load, which may take all descriptors that there are.
        let outputs: AttackOutputs
        do throws(OutputFile.Failure) {
            outputs = try AttackOutputs(options.outputs, writeOut: console.writeResult)
        } catch {
            throw Failure(description: error.description)
        }
        let brake: Brake
        do throws(LoadError) {
            brake = try engine(plan) { continuation.yield(.report($0)) }
        } catch {
            outputs.discard()
            throw Failure(description: error.description)
        }
        // From here on a signal ends the load; before, there is nothing to be ended well.
        let signals = signals()
        let forwarding = Task {
            for await number in signals { continuation.yield(.signal(number)) }
        }
        defer { forwarding.cancel() }
        let (report, signal) = await watch(events, outputs: outputs, brake: brake)
        guard let report else {
            outputs.discard()
            throw Failure(
                description: "ended at once, without a result", code: 128 + (signal ?? SIGINT))
        }
        let result = AttackResult(
            subject: subject, report: report, signal: signal, startedAt: startedAt)
        return (result, outputs.finish(result))
    }

    /// Shows the reports until the last.
    ///
    /// - Returns: the last one, unless somebody would not wait for it, and the signal that asked
    ///   for the end.
    private func watch(
        _ events: AsyncStream<Event>, outputs: AttackOutputs, brake: Brake
    ) async -> (report: LoadReport?, signal: Int32?) {
        var display = AttackDisplay(
            subject, mode: console.mode(isQuiet: options.isQuiet), isColored: options.isColored)
        console.writeProgress(display.begin(console.size))
        defer { console.writeProgress(display.end()) }
        var signal: Int32?
        var arrival = ContinuousClock.now
        for await event in events {
            switch event {
            case .report(let report):
                let moment = Moment(report)
                let (text, interval) = display.show(moment, console.size)
                let now = ContinuousClock.now
                // The last report does not count the wait for the last answers, which it brings.
                let wait = report.isFinal ? max(now - arrival - interval, .zero) : .zero
                outputs.add(
                    moment, at: display.recent.elapsed + wait, interval: interval + wait)
                arrival = now
                console.writeProgress(text)
                if report.isFinal { return (report, signal) }
            case .signal(let number):
                switch display.patience {
                case .plan: brake.stop()
                // From somebody who will not wait for the last answers.
                case .lastAnswers: brake.giveUp()
                // From somebody who will not wait for us either.
                case .none: return (nil, signal)
                }
                signal = signal ?? number
                console.writeProgress(display.hurry(console.size))
            }
        }
        return (nil, signal)
    }
}
