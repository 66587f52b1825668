import Foundation
import JSON

/// The port to one cluster. Its methods may take as long as the cluster lets them, each with a
/// bound of its own; the callers never wait for them with anything that must be on time.
package protocol LoadDriver: Sendable {
    /// Checks whether the cluster can take this load now. Changes nothing there.
    func prepare(_ order: LoadOrder) async throws(DriverError)

    /// Asks for the load. Success says only that the order was taken: `look` tells of load.
    func start(_ order: LoadOrder) async throws(DriverError)

    /// What the cluster shows of this run; renews the run's lease on the cluster.
    func look(for run: RunID) async throws(DriverError) -> Sighting

    /// Asks for another number of users of this run's load, which is on or was ordered; success
    /// says only that the order was taken. Never called at the same time as `start` or `stop`.
    /// Changes neither the run's deadline nor its lease, and starts no load where there is none
    /// any more.
    ///
    /// - Parameters:
    ///   - users: from 1.
    ///   - spawnRate: users started or stopped per second.
    func setUsers(_ users: Int, spawnRate: Double, of run: RunID) async throws(DriverError)

    /// Tells of a run whose load an earlier process of the service has ordered, before anything
    /// else is asked about it. Asks nothing of the cluster, so that it takes hardly any time.
    ///
    /// - Parameters:
    ///   - order: as it would be given now.
    ///   - timeLeft: until the run's deadline; negative when that has passed.
    /// - Returns: `.over` where the load cannot have outlived that process; nil where a look has
    ///   to tell.
    func adopt(_ order: LoadOrder, timeLeft: Duration) async -> Sighting.Load?

    /// How long to wait between two looks at load that is on, where a look costs less than one at
    /// a busy master; nil leaves it to the configuration.
    var lookInterval: Duration? { get }

    /// Whether its load reports by callbacks, with a token from the order.
    var takesCallbackTokens: Bool { get }

    /// Asks the load of this run to stop. Touches no load that is shown to be somebody else's.
    func stop(_ run: RunID) async throws(DriverError)

    /// The ids of the workers that are there, whoever uses them; nil where the cluster does not
    /// name them. They may be as of some seconds ago.
    func workersPresent() async throws(DriverError) -> Set<String>?

    /// How the cluster is, whoever uses it.
    func health() async throws(DriverError) -> ClusterHealth
}

extension LoadDriver {
    package func adopt(_ order: LoadOrder, timeLeft: Duration) async -> Sighting.Load? { nil }

    package var lookInterval: Duration? { nil }

    package var takesCallbackTokens: Bool { false }

    package func workersPresent() async throws(DriverError) -> Set<String>? { nil }
}

/// Gives the driver for a cluster. A reload may change a cluster under its id.
package protocol LoadDriverProvider: Sendable {
    func driver(for cluster: Cluster) -> any LoadDriver

    /// What is wrong with the scenario or the targets of a definition, for the engine that would
    /// run it with the definition's default users, spawn rate and duration; waits for nothing.
    /// Asked only for a definition that has one of them.
    func scenarioFaults(in spec: LoadTestSpec) -> [ScenarioFault]

    /// How much load the scenario or the targets of a definition ask for by themselves, and where;
    /// waits for nothing. One that cannot be read asks for none.
    func loadDefaults(in spec: LoadTestSpec) -> LoadDefaults
}

extension LoadDriverProvider {
    package func scenarioFaults(in spec: LoadTestSpec) -> [ScenarioFault] { [] }

    package func loadDefaults(in spec: LoadTestSpec) -> LoadDefaults { LoadDefaults() }
}

/// One mistake in a scenario.
package struct ScenarioFault: Equatable, Sendable {
    /// JSON pointer into the body of the load test, such as `/scenario/steps/0/url`.
    package let pointer: String
    /// What is wrong and what is allowed, to be read behind the pointer.
    package let message: String

    package init(pointer: String, message: String) {
        self.pointer = pointer
        self.message = message
    }
}

/// The load that a run asks a cluster for.
package struct LoadOrder: Equatable, Sendable {
    package let runID: RunID
    package private(set) var users: Int
    package private(set) var spawnRate: Double
    package let duration: Duration
    /// How long the load may go on without a sign of life from us.
    package let lease: Duration
    package let targetURL: String
    package let userClasses: [String]
    package let scenarioID: String?
    package let locustfile: String?
    /// What users do on a native cluster; see `LoadTestSpec`.
    package let scenario: JSONValue?
    package let targetsBase64: String?
    /// Whether load of this run was seen on before, by this process of the service or another.
    package let loadWasSeen: Bool
    /// For the hook; nil in every order but the one that starts load.
    package private(set) var callbackToken: CallbackToken?

    /// - Parameter timeLeft: instead of the run's whole duration.
    package init(run: Run, lease: Duration, timeLeft: Duration? = nil) {
        runID = run.id
        users = run.targetUsers
        spawnRate = run.spawnRate
        duration = timeLeft ?? .seconds(run.plan.durationSeconds)
        self.lease = lease
        targetURL = run.spec.targetUrl
        userClasses = run.spec.userClasses
        scenarioID = run.spec.scenarioId
        locustfile = run.spec.locustfile
        scenario = run.spec.scenario
        targetsBase64 = run.spec.targetsBase64
        loadWasSeen = run.startedAt != nil
    }

    /// The same order for another number of users.
    package func with(users: Int, spawnRate: Double) -> LoadOrder {
        var changed = self
        (changed.users, changed.spawnRate) = (users, spawnRate)
        return changed
    }

    package func with(_ token: CallbackToken?) -> LoadOrder {
        var changed = self
        changed.callbackToken = token
        return changed
    }
}

/// What one look at a cluster shows of one run.
package struct Sighting: Sendable {
    package enum Load: Equatable, Sendable {
        /// This run's load is on, or ramping.
        case on
        /// This run's load was on and is over; with the reason where the cluster tells it, and
        /// how that was seen.
        case over(EndReason?, String)
        /// No load of this run, and none of anybody else.
        case absent
        /// Load that is shown to be of another run or another person.
        case foreign(String)
        /// What can be seen may be older than the last order: ask again later.
        case unclear
    }

    package let load: Load
    /// Differs between two processes of the same master; nil where that cannot be known.
    package let boot: String?
    /// What was measured since the look before, in the order of time.
    package let observations: [Observation]
    /// The workers that take part in load that is on; nil where that cannot be told.
    package let workers: WorkersSeen?
    /// The cluster as a whole, where the look has shown it by the way.
    package let cluster: ClusterGlimpse?

    package init(
        load: Load, boot: String?, observations: [Observation], workers: WorkersSeen? = nil,
        cluster: ClusterGlimpse? = nil
    ) {
        self.load = load
        self.boot = boot
        self.observations = observations
        self.workers = workers
        self.cluster = cluster
    }

    package init(
        load: Load, boot: String?, observation: Observation?, workers: WorkersSeen? = nil,
        cluster: ClusterGlimpse? = nil
    ) {
        self.init(
            load: load, boot: boot, observations: observation.map { [$0] } ?? [],
            workers: workers, cluster: cluster)
    }
}

/// The workers of a cluster that are there.
package struct WorkersSeen: Equatable, Sendable {
    package let count: Int
    /// Nil where only their number is known.
    package let ids: Set<String>?
    /// How long ago those were heard that are not there any more: a worker that dies is missed
    /// only after a while, one that leaves at once.
    package let silence: Duration

    package init(count: Int, ids: Set<String>? = nil, silence: Duration = .zero) {
        self.count = count
        self.ids = ids
        self.silence = silence
    }
}

/// Why a cluster did not do or tell what it was asked.
package struct DriverError: Error, Equatable, CustomStringConvertible {
    /// Operation, subject and cause, for a person to act on.
    package let description: String
    /// Whether the order may have taken effect all the same.
    package let outcomeIsUnknown: Bool

    package init(_ description: String, outcomeIsUnknown: Bool = false) {
        self.description = description
        self.outcomeIsUnknown = outcomeIsUnknown
    }
}
