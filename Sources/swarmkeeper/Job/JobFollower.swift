import ControlPlane
import JSON

/// Stays with a run until it is over, shows it, and stops it when the job is to end before.
struct JobFollower: Sendable {
    /// Between two looks at the run, whose end its events tell sooner.
    static let pollInterval = Duration.seconds(2)
    /// How long a run may take to stop: longer than a master takes whose users finish their work.
    static let stopLimit = Duration.seconds(150)
    /// How long to try to stop a run for whose end there is no time left.
    private static let lateStopPatience = Duration.seconds(30)
    private static let summaryInterval = Duration.seconds(5)

    let client: PatientClient
    let control: JobControl
    let console: JobConsole
    let runID: String
    /// Brings the run's events; what it does not bring is looked for.
    let events: @Sendable (AsyncStream<RunStream.Item>.Continuation) async -> Void

    private var time: any TimeSource { client.time }
    private var path: String { "/v1/runs/\(ServiceClient.encoded(runID))" }

    func follow() async -> JobVigil.Outcome {
        let (inputs, continuation) = AsyncStream.makeStream(of: JobVigil.Input.self)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await poll(continuation) }
            group.addTask { await readEvents(continuation) }
            group.addTask { await watchTheClock(continuation) }
            group.addTask { await tick(continuation) }
            group.addTask {
                for await _ in control.aborts() { continuation.yield(.toStop(.aborted)) }
            }
            if console.isLive { group.addTask { await readSummaries(continuation) } }
            let outcome = await watch(inputs) { end in
                group.addTask { await stop(because: end, continuation) }
            }
            group.cancelAll()
            return outcome
        }
    }

    /// - Parameter stop: is called when the run is to be stopped.
    private func watch(
        _ inputs: AsyncStream<JobVigil.Input>, stop: (JobEnd) -> Void
    ) async -> JobVigil.Outcome {
        var display = JobDisplay(console: console)
        var vigil = JobVigil()
        defer { display.finish(at: time.uptime) }
        for await input in inputs {
            display.take(input)
            for step in vigil.take(input) {
                switch step {
                case .say(let text): console.say(text)
                case .stop(let end): stop(end)
                case .end(let outcome): return outcome
                }
            }
            display.show(at: time.uptime, time.now)
        }
        return .lost("it was given up")
    }

    private func poll(_ inputs: AsyncStream<JobVigil.Input>.Continuation) async {
        var client = client
        client.onTrouble = { inputs.yield(.trouble($0)) }
        while !Task.isCancelled {
            do throws(PatientClient.Failure) {
                let answer = try await client.call("GET", path)
                guard answer.status == 200 else {
                    // A run that was accepted and is unknown now, or a token that is worth nothing
                    // any more: no other try would tell more.
                    inputs.yield(.lost("the run cannot be read: \(answer.cause)"))
                    return
                }
                inputs.yield(.run(answer.body))
                if JobRun.isOver(answer.body) { return }
            } catch {
                inputs.yield(.lost(error.description))
                return
            }
            // Cut short, it is over.
            try? await time.sleep(for: Self.pollInterval)
        }
    }

    private func readEvents(_ inputs: AsyncStream<JobVigil.Input>.Continuation) async {
        let (items, continuation) = AsyncStream.makeStream(of: RunStream.Item.self)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await events(continuation)
                continuation.finish()
            }
            for await item in items {
                inputs.yield(.event(item))
                // The end, with all that is said of it, without waiting for the next look.
                guard case .event(let event) = item, event.name == "end" else { continue }
                guard let run = await read("") else { continue }
                inputs.yield(.run(run))
            }
        }
    }

    private func readSummaries(_ inputs: AsyncStream<JobVigil.Input>.Continuation) async {
        while !Task.isCancelled {
            if let summary = await read("/summary") { inputs.yield(.summary(summary)) }
            // Cut short, it is over.
            try? await time.sleep(for: Self.summaryInterval)
        }
    }

    /// Nil where it cannot be had now; another task tells why.
    private func read(_ part: String) async -> JSONValue? {
        let answer = try? await client.call("GET", path + part)
        return answer?.status == 200 ? answer?.body : nil
    }

    private func watchTheClock(_ inputs: AsyncStream<JobVigil.Input>.Continuation) async {
        guard let deadline = control.deadline else { return }
        do {
            try await time.sleep(until: deadline)
            inputs.yield(.toStop(.timedOut))
        } catch {
            // The run was over in time.
        }
    }

    private func tick(_ inputs: AsyncStream<JobVigil.Input>.Continuation) async {
        while !Task.isCancelled {
            inputs.yield(.tick)
            // Cut short, it is over.
            try? await time.sleep(for: .seconds(1))
        }
    }

    private func stop(
        because end: JobEnd, _ inputs: AsyncStream<JobVigil.Input>.Continuation
    ) async {
        var client = client
        if end == .timedOut { client.patience = min(client.patience, Self.lateStopPatience) }
        do throws(PatientClient.Failure) {
            let answer = try await client.call("POST", "\(path)/stop", .object([:]))
            guard [200, 202].contains(answer.status) else {
                inputs.yield(.unconfirmed("the stop was refused: \(answer.cause)"))
                return
            }
        } catch {
            inputs.yield(.unconfirmed("the stop did not arrive: \(error)"))
            return
        }
        do {
            try await time.sleep(for: Self.stopLimit)
            inputs.yield(.unconfirmed("the stop was taken, and its end was not seen in time"))
        } catch {
            // The run is over.
        }
    }
}
