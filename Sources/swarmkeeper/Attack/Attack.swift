import Foundation
import LoadEngine

/// One attack from its first request to its exit code.
struct Attack {
    /// What an attack needs of an engine: to start the load, and to end it early.
    typealias Engine =
        @Sendable (LoadPlan, @escaping @Sendable (LoadReport) -> Void)
        throws(LoadError) -> @Sendable () -> Void

    static let nativeEngine: Engine = { plan, onReport throws(LoadError) in
        let run = try LoadRun.start(plan, onReport: onReport)
        return { run.stop() }
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
    let console: AttackConsole
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
        let stop: @Sendable () -> Void
        do throws(LoadError) {
            stop = try engine(plan) { continuation.yield(.report($0)) }
        } catch {
            throw Failure(description: error.description)
        }
        // From here on a signal ends the load; before, there is nothing to be ended well.
        let signals = signals()
        let forwarding = Task {
            for await number in signals { continuation.yield(.signal(number)) }
        }
        defer { forwarding.cancel() }
        let outputs: AttackOutputs
        do throws(OutputFile.Failure) {
            outputs = try AttackOutputs(options.outputs, writeOut: console.writeResult)
        } catch {
            stop()
            throw Failure(description: error.description)
        }
        let (report, signal) = await watch(events, outputs: outputs, stop: stop)
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
        _ events: AsyncStream<Event>, outputs: AttackOutputs, stop: @Sendable () -> Void
    ) async -> (report: LoadReport?, signal: Int32?) {
        var display = AttackDisplay(
            subject, mode: console.mode(isQuiet: options.isQuiet), isColored: options.isColored)
        console.write(display.begin(console.size))
        defer { console.write(display.end()) }
        var signal: Int32?
        for await event in events {
            switch event {
            case .report(let report):
                let moment = Moment(report)
                let (text, interval) = display.show(moment, console.size)
                outputs.add(moment, at: display.recent.elapsed, interval: interval)
                console.write(text)
                if report.isFinal { return (report, signal) }
            case .signal(let number):
                // The second one is from somebody who will not wait for the last answers.
                guard signal == nil else { return (nil, signal) }
                signal = number
                stop()
                display.isStopping = true
                console.write(display.redraw(console.size))
            }
        }
        return (nil, signal)
    }
}
