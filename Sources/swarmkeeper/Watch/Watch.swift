import Foundation
import JSON

/// Watches one run from now to its end.
struct Watch {
    enum Mode: Equatable {
        /// Drawn over again in place.
        case live
        case lines
        /// Every event as a line of JSON.
        case json
    }

    private enum Input: Sendable {
        case stream(RunStream.Item)
        case summary(JSONValue)
        case signal(Int32)
        case tick
    }

    /// Between two readings of the summary, which costs the service more the longer a run is.
    private static let summaryInterval = Duration.seconds(5)

    let client: ServiceClient
    let runID: String
    let mode: Mode
    let isColored: Bool
    /// How long to try while nothing comes.
    let patience: Duration
    var size: @Sendable () -> Terminal.Size = { Terminal.defaultSize }
    let write: @Sendable (String) -> Void
    let writeError: @Sendable (String) -> Void
    /// What ends the watching, from when it is called.
    let signals: @Sendable () -> AsyncStream<Int32>

    /// - Returns: the exit code.
    func run() async -> Int32 {
        let (inputs, continuation) = AsyncStream.makeStream(of: Input.self)
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await feed(continuation) }
            group.addTask {
                for await number in signals() { continuation.yield(.signal(number)) }
                return nil
            }
            group.addTask { await tick(continuation) }
            if mode == .live { group.addTask { await readSummaries(continuation) } }
            let code = await show(inputs)
            group.cancelAll()
            return code
        }
    }

    private func feed(_ inputs: AsyncStream<Input>.Continuation) async -> Int32? {
        let (items, continuation) = AsyncStream.makeStream(of: RunStream.Item.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await RunStream(client: client, runID: runID).read(into: continuation) }
            for await item in items { inputs.yield(.stream(item)) }
        }
        return nil
    }

    private func tick(_ inputs: AsyncStream<Input>.Continuation) async -> Int32? {
        while !Task.isCancelled {
            // Cut short, it is over.
            try? await Task.sleep(for: .seconds(1))
            inputs.yield(.tick)
        }
        return nil
    }

    private func readSummaries(_ inputs: AsyncStream<Input>.Continuation) async -> Int32? {
        while !Task.isCancelled {
            if let summary = await summary() { inputs.yield(.summary(summary)) }
            // Cut short, it is over.
            try? await Task.sleep(for: Self.summaryInterval)
        }
        return nil
    }

    /// Nil where it cannot be had now: the events tell why.
    private func summary() async -> JSONValue? {
        try? await client.call("GET", "/v1/runs/\(ServiceClient.encoded(runID))/summary")
    }

    private func show(_ inputs: AsyncStream<Input>) async -> Int32 {
        var run = WatchedRun()
        var (screen, lines) = (Screen(isColored: isColored), WatchLines())
        let clock = ContinuousClock.now
        var heardAt = clock
        for await input in inputs {
            switch input {
            case .stream(.event(let event)):
                heardAt = .now
                run.take(event)
                if mode == .json { write(Self.json(event)) }
            case .stream(.interrupted(let cause)):
                run.interruption = cause
                if mode == .json {
                    writeError("swarmkeeper watch: coming back: \(WatchView.plain(cause))\n")
                }
            case .stream(.failed(let cause)):
                write(screen.clear())
                writeError("swarmkeeper watch: \(WatchView.plain(cause))\n")
                return WatchCommand.Code.refused
            case .summary(let summary): run.summary = summary
            case .signal(let number):
                write(screen.clear())
                if !run.isOver {
                    writeError("the run goes on; swarmkeeper watch \(runID) comes back to it\n")
                }
                return 128 + number
            case .tick:
                guard run.interruption == nil || ContinuousClock.now < heardAt + patience else {
                    write(screen.clear())
                    writeError("swarmkeeper watch: \(WatchView.plain(run.interruption ?? ""))\n")
                    return WatchCommand.Code.refused
                }
            }
            if run.isOver { return await end(run, &screen, &lines, clock.duration(to: .now)) }
            switch mode {
            case .live: write(draw(run, &screen))
            case .lines: write(lines.text(run, at: clock.duration(to: .now)))
            case .json: break
            }
        }
        return WatchCommand.Code.refused
    }

    private func draw(_ run: WatchedRun, _ screen: inout Screen) -> String {
        let size = size()
        return screen.draw(WatchView(size: size, now: Date()).lines(run), rows: size.rows)
    }

    /// The last picture, or the last line.
    private func end(
        _ run: WatchedRun, _ screen: inout Screen, _ lines: inout WatchLines, _ now: Duration
    ) async -> Int32 {
        var run = run
        switch mode {
        case .live:
            run.summary = await summary() ?? run.summary
            let view = WatchView(size: size(), now: Date())
            write(
                screen.clear()
                    + view.lines(run).map { $0.rendered(inColor: isColored) + "\n" }.joined())
        case .lines: write(lines.text(run, at: now) + WatchLines.end(run))
        case .json: break
        }
        return run.hasSucceeded ? WatchCommand.Code.finished : WatchCommand.Code.failed
    }

    private static func json(_ event: EventParser.Event) -> String {
        // What is no JSON is shown as the text that it is.
        let data = (try? JSONReader.document(Array(event.data.utf8))) ?? .string(event.data)
        let line = JSONValue.object([
            "id": event.id.map { .string($0) } ?? .null, "event": .string(event.name),
            "data": data,
        ])
        return String(decoding: line.encodedBytes, as: UTF8.self) + "\n"
    }
}
