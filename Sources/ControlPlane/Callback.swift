import Foundation

/// What a locustfile's hook tells of a run.
package struct Callback: Sendable {
    package enum Kind: String, Sendable {
        case testStart
        case metrics
        case testStop
    }

    package let kind: Kind
    package let runID: RunID
    /// As the hook's environment names them; nil where it names none.
    package let tenantID: String?
    package let envID: String?
    /// The reporting process and its message number: see `Observation.Key`.
    package let epoch: String
    package let sequence: Int
    /// Since the test's start, by the generator's own monotonic clock: the two machines' calendar
    /// clocks need not agree, and a message may be late.
    package let elapsedSeconds: Double
    package let users: Int
    package let workers: Int?
    package let totals: Sample
    package let endpoints: [EndpointSample]
    package let errors: [ErrorSample]
    /// Why the hook stopped the test by itself; nil when it did not.
    package let stopReason: StopReason?

    package enum StopReason: String, CaseIterable, Sendable {
        case deadline
        case lease
        case controlPlane
        /// Not the hook but Locust: no worker was left.
        case workersLost
    }

    package init(
        kind: Kind, runID: RunID, tenantID: String?, envID: String?, epoch: String, sequence: Int,
        elapsedSeconds: Double, users: Int, workers: Int?, totals: Sample,
        endpoints: [EndpointSample], errors: [ErrorSample], stopReason: StopReason?
    ) {
        self.kind = kind
        self.runID = runID
        self.tenantID = tenantID
        self.envID = envID
        self.epoch = epoch
        self.sequence = sequence
        self.elapsedSeconds = elapsedSeconds
        self.users = users
        self.workers = workers
        self.totals = totals
        self.endpoints = endpoints
        self.errors = errors
        self.stopReason = stopReason
    }

    /// The observation in this message, on the run's own time line.
    func observation(of run: Run, receivedAt now: Date) -> Observation {
        let start = run.startRequestedAt ?? now
        let measured = max(start, start.addingTimeInterval(elapsedSeconds))
        return Observation(
            key: .init(source: .callback, epoch: epoch, sequence: sequence),
            time: min(measured, now), users: users, workers: workers, totals: totals,
            endpoints: endpoints, errors: errors, isFinal: kind == .testStop)
    }

    /// Whether the hook speaks of this very run, as far as it names tenant and environment.
    func concerns(_ run: Run) -> Bool {
        runID == run.id && (tenantID ?? run.spec.tenantId) == run.spec.tenantId
            && (envID ?? run.spec.envId) == run.spec.envId
    }
}

/// What the hook is told in return.
package struct CallbackAnswer: Equatable, Sendable {
    package let runID: RunID
    /// The load may go on for this long without another sign of life.
    package let lease: Duration
    /// The run is being stopped: the test should end now.
    package let stop: Bool
    /// The message was known already and changed nothing.
    package let isDuplicate: Bool
}
