import JSON

/// Whose test runs on a master, as the hook module in its locustfile tells.
package struct RunIdentity: Equatable, Sendable {
    package enum State: Hashable, Sendable {
        case idle
        case started
        case stopped
        case unknown(String)
    }

    /// Random for each start of the master process: another value is another process.
    package let boot: String
    /// Tests started since then.
    package let sequence: Int
    /// That of the test that was started last, copied at its start; `nil` before the first.
    package let runID: String?
    /// That of the last `/swarm`: other than `runID` when somebody sent one into the test.
    package let runIDNow: String?
    package let state: State
    package let startedSecondsAgo: Double?
    package let runnerState: RunnerState?
    package let users: Int?
    package let requests: Int?
    package let failures: Int?
    package let workers: Int?
    /// Of these, the ones that keep deadline and lease without the master; hooks before version 2
    /// do not tell.
    package let workersGuarded: Int?
    /// Until the hook stops the test by itself because its time is over.
    package let deadlineInSeconds: Double?
    /// Until the hook stops the test by itself because nobody has asked for it.
    package let leaseInSeconds: Double?
    /// Why the test was stopped, where the hook knows; older hooks do not tell.
    package let stopReason: String?
    package let locustfile: String?
    package let hooksVersion: String?

    /// `nil` when `json` does not name the process and the state.
    init?(_ json: JSONValue) {
        guard let boot = json["boot"]?.text, let state = json["state"]?.text else { return nil }
        self.boot = boot
        sequence = json["sequence"]?.count ?? 0
        runID = json["runId"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        runIDNow = json["runIdNow"]?.text.flatMap { $0.isEmpty ? nil : $0 }
        self.state =
            switch state {
            case "idle": .idle
            case "started": .started
            case "stopped": .stopped
            default: .unknown(state)
            }
        startedSecondsAgo = json["startedSecondsAgo"]?.number
        runnerState = json["runnerState"]?.text.map(RunnerState.init)
        users = json["users"]?.count
        requests = json["requests"]?.count
        failures = json["failures"]?.count
        workers = json["workers"]?.count
        workersGuarded = json["workersGuarded"]?.count
        deadlineInSeconds = json["deadlineInSeconds"]?.number
        leaseInSeconds = json["leaseInSeconds"]?.number
        stopReason = json["stopReason"]?.text
        locustfile = json["locustfile"]?.text
        hooksVersion = json["hooksVersion"]?.text
    }
}
