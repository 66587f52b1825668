import ControlPlane
import JSON

/// Starts a run, stays with it to its end, tells what it has shown, and ends by that.
struct Job: Sendable {
    /// How long to try to read what only makes a result more complete.
    private static let detailPatience = Duration.seconds(30)

    let options: JobOptions
    let client: PatientClient
    let control: JobControl
    let console: JobConsole
    let environment: [String: String]
    /// What ends the job, from when it is called.
    let signals: @Sendable () -> AsyncStream<Int32>
    /// Brings the events of a run; see `RunStream`.
    let events: @Sendable (String, AsyncStream<RunStream.Item>.Continuation) async -> Void

    /// - Returns: the exit code.
    func run() async -> Int32 {
        let signals = signals()
        return await withTaskGroup(of: Int32?.self) { group in
            group.addTask { await work() }
            group.addTask {
                for await _ in signals where control.raise(at: client.time.uptime) > 1 {
                    console.say("ended at once, and without looking after the run any more")
                    return JobEnd.aborted.code
                }
                return nil
            }
            var code: Int32?
            while code == nil, let next = await group.next() { code = next }
            group.cancelAll()
            return code ?? JobEnd.failed.code
        }
    }

    private func work() async -> Int32? {
        let result: JobResult
        do throws(JobFailure) {
            if let fault = makeRoomForResults() { throw .invalid(fault) }
            let started = try await start()
            announce(started)
            result = options.waits ? await follow(started) : accepted(started)
        } catch {
            result = JobResult(error)
        }
        // Ended by a second signal, for which nothing is waited for any more.
        guard !Task.isCancelled else { return nil }
        return await conclude(result)
    }

    /// What cannot be written is told before load is made for it. Results of an earlier job go:
    /// where this one is killed, they would be taken for its own.
    ///
    /// - Returns: why there is no room.
    private func makeRoomForResults() -> String? {
        for path in options.outputs.paths where path != "-" {
            do throws(OutputFile.Failure) {
                try OutputFile.check(path)
                try OutputFile.remove(path)
            } catch {
                return error.description
            }
        }
        guard options.tellsGitHub else { return nil }
        return JobGitHub.File.allCases.lazy.compactMap { JobGitHub.append("", to: $0, environment) }
            .first
    }

    private func start() async throws(JobFailure) -> JobStart.Started {
        var client = client
        client.onTrouble = { console.say("no answer, trying again: \($0)") }
        let start = JobStart(options: options, client: client, control: control) { test in
            console.say(
                "load test \(test.name) (\(test.id)), version \(test.version), "
                    + "\(test.change.rawValue)")
        }
        return try await start.run()
    }

    /// First of all where the run is to be found, in case that this job is not there to the end.
    private func announce(_ started: JobStart.Started) {
        let result = accepted(started)
        console.say(JobSummary.place(result))
        tellEarly(result)
    }

    private func accepted(_ started: JobStart.Started) -> JobResult {
        var result = JobResult(end: .passed, reason: "the run was accepted", run: started.run)
        result.url = url(of: started.runID)
        result.isLeftAlone = true
        return result
    }

    private func url(of run: String) -> String {
        "\(client.service.baseURL)/#/runs/\(ServiceClient.encoded(run))"
    }

    private func follow(_ started: JobStart.Started) async -> JobResult {
        let follower = JobFollower(
            client: client, control: control, console: console, runID: started.runID,
            events: { await events(started.runID, $0) })
        let outcome = await follower.follow()
        var result = JobResult(outcome, of: started.run)
        result.url = url(of: started.runID)
        result.isLeftAlone = !result.isOver
        guard result.isOver else { return result }
        result.summary = await detail("summary", of: started.runID)?.body ?? .null
        return result
    }

    func detail(_ part: String, of run: String, accept: String? = nil) async
        -> PatientClient.Answer?
    {
        var client = client
        client.patience = min(client.patience, Self.detailPatience)
        // The result is told without it.
        let answer = try? await client.call(
            "GET", "/v1/runs/\(ServiceClient.encoded(run))/\(part)", accept: accept)
        return answer?.status == 200 ? answer : nil
    }
}
