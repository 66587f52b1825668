import ControlPlane
import Foundation
import Synchronization

/// A cluster that does what a test tells it, for faults that a real one won't produce on demand.
package final class FakeCluster: LoadDriver, LoadDriverProvider {
    package enum Order: Equatable, Sendable {
        case prepare(RunID)
        case start(RunID)
        case stop(RunID)
        case setUsers(RunID, Int, Double)
    }

    package struct Behaviour: Sendable {
        package var prepareError: DriverError?
        package var startError: DriverError?
        package var stopError: DriverError?
        package var usersError: DriverError?
        package var lookError: DriverError?
        /// Nil follows the orders: load is on from start to stop.
        package var load: Sighting.Load?
        package var boot: String? = "boot-1"
        package var observations: [Observation] = []
        /// Of load that is on.
        package var workers: WorkersSeen?
        /// What every look shows of the cluster.
        package var glimpse: ClusterGlimpse?
        /// Whether `start` and `stop` wait until this is false again, or their task is cancelled.
        package var hangs = false
        package var prepareHangs = false
        package var looksHang = false
        package var usersHang = false
        package var lookInterval: Duration?
        package var takesCallbackTokens = false
        /// What is known of the load of an earlier process without a look.
        package var adopted: Sighting.Load?
        /// What is said of every scenario.
        package var scenarioFaults: [ScenarioFault] = []
        /// The same for definitions with fewer users than this, at the first stage.
        package var stageUsers = 0
        package var loadDefaults = LoadDefaults()
        package var namedTargets: [NamedTarget] = []
        package var health = ClusterHealth(version: "2.47.0", state: "ready", workers: 2, users: 0)
        package var healthHangs = false
    }

    private struct State {
        var behaviour = Behaviour()
        var orders: [(order: Order, at: Duration)] = []
        var adopted: [RunID] = []
        var callbackTokens: [RunID: CallbackToken] = [:]
        var looks: [Duration] = []
        var looksUnderWay = 0
        var looksAtOnceMost = 0
        var isLoaded = false
        var healthLooks: [Duration] = []
        var healthLooksUnderWay = 0
        var credentials: [String: ClusterCredentials] = [:]
    }

    private let state = Mutex(State())
    private let time: ManualTime?

    /// - Parameter time: the clock by which orders and looks are noted.
    package init(time: ManualTime? = nil) {
        self.time = time
    }

    package var orders: [Order] { state.withLock { $0.orders.map(\.order) } }

    /// When orders like this one came.
    package func times(of order: Order) -> [Duration] {
        state.withLock { $0.orders.filter { $0.order == order }.map(\.at) }
    }

    /// The runs of an earlier process that this driver was told of.
    package var adopted: [RunID] { state.withLock { $0.adopted } }

    package var looks: Int { state.withLock { $0.looks.count } }

    package var lookTimes: [Duration] { state.withLock { $0.looks } }

    /// How many looks were under way at the same time, at the most.
    package var looksAtOnceMost: Int { state.withLock { $0.looksAtOnceMost } }

    package var isLoaded: Bool { state.withLock { $0.isLoaded } }

    package func behave(_ change: (inout Behaviour) -> Void) {
        state.withLock { change(&$0.behaviour) }
    }

    package func driver(for cluster: Cluster) -> any LoadDriver { self }

    package func use(_ credentials: ClusterCredentials?, of clusterID: String, revision: Int) {
        state.withLock { $0.credentials[clusterID] = credentials }
    }

    /// With which credentials the masters are talked to, instead of the configured ones.
    package var credentials: [String: ClusterCredentials] { state.withLock(\.credentials) }

    package func scenarioFaults(in spec: LoadTestSpec) -> [ScenarioFault] {
        state.withLock { state in
            let users = state.behaviour.stageUsers
            guard spec.defaultUsers < users else { return state.behaviour.scenarioFaults }
            return state.behaviour.scenarioFaults + [
                ScenarioFault(
                    pointer: "/scenario/load/stages/0/users", message: "asks for \(users) users")
            ]
        }
    }

    package func loadDefaults(in spec: LoadTestSpec) -> LoadDefaults {
        state.withLock { $0.behaviour.loadDefaults }
    }

    package func namedTargets(in spec: LoadTestSpec) -> [NamedTarget] {
        state.withLock { $0.behaviour.namedTargets }
    }

    package var lookInterval: Duration? { state.withLock { $0.behaviour.lookInterval } }

    package var takesCallbackTokens: Bool { state.withLock { $0.behaviour.takesCallbackTokens } }

    /// What the hook of this run was given, in its order to start.
    package func callbackToken(of run: RunID) -> String? {
        state.withLock { $0.callbackTokens[run]?.text }
    }

    package func adopt(_ order: LoadOrder, timeLeft: Duration) async -> Sighting.Load? {
        state.withLock { state in
            state.adopted.append(order.runID)
            return state.behaviour.adopted
        }
    }

    package func setUsers(_ users: Int, spawnRate: Double, of run: RunID)
        async throws(DriverError)
    {
        note(.setUsers(run, users, spawnRate))
        await hang(while: \.usersHang)
        if Task.isCancelled { throw DriverError("cut off", outcomeIsUnknown: true) }
        if let error = state.withLock({ $0.behaviour.usersError }) { throw error }
    }

    package func prepare(_ order: LoadOrder) async throws(DriverError) {
        note(.prepare(order.runID))
        await hang(while: \.prepareHangs)
        if let error = state.withLock({ $0.behaviour.prepareError }) { throw error }
    }

    package func start(_ order: LoadOrder) async throws(DriverError) {
        note(.start(order.runID))
        let error = state.withLock { state in
            state.callbackTokens[order.runID] = order.callbackToken
            state.isLoaded = state.behaviour.startError == nil
            return state.behaviour.startError
        }
        await hang(while: \.hangs)
        if let error { throw error }
    }

    package func look(for run: RunID) async throws(DriverError) -> Sighting {
        let now = time?.uptime ?? .zero
        // What is seen is what was so when the look began, however long the answer takes.
        let (behaviour, isLoaded) = state.withLock { state in
            state.looks.append(now)
            state.looksUnderWay += 1
            state.looksAtOnceMost = max(state.looksAtOnceMost, state.looksUnderWay)
            return (state.behaviour, state.isLoaded)
        }
        defer { state.withLock { $0.looksUnderWay -= 1 } }
        await hang(while: \.looksHang)
        if let error = behaviour.lookError { throw error }
        let load = behaviour.load ?? (isLoaded ? .on : .absent)
        return Sighting(
            load: load, boot: behaviour.boot, observations: behaviour.observations,
            workers: load == .on ? behaviour.workers : nil, cluster: behaviour.glimpse)
    }

    package func workersPresent() async throws(DriverError) -> Set<String>? {
        state.withLock { $0.behaviour.workers?.ids }
    }

    package func stop(_ run: RunID) async throws(DriverError) {
        note(.stop(run))
        let error = state.withLock { state in
            if state.behaviour.stopError == nil { state.isLoaded = false }
            return state.behaviour.stopError
        }
        await hang(while: \.hangs)
        if let error { throw error }
    }

    /// When somebody asked how the cluster is.
    package var healthLooks: [Duration] { state.withLock { $0.healthLooks } }

    package var healthLooksUnderWay: Int { state.withLock { $0.healthLooksUnderWay } }

    package func health() async throws(DriverError) -> ClusterHealth {
        let now = time?.uptime ?? .zero
        state.withLock { state in
            state.healthLooks.append(now)
            state.healthLooksUnderWay += 1
        }
        defer { state.withLock { $0.healthLooksUnderWay -= 1 } }
        await hang(while: \.healthHangs)
        if let error = state.withLock({ $0.behaviour.lookError }) { throw error }
        return state.withLock { $0.behaviour.health }
    }

    private func note(_ order: Order) {
        let now = time?.uptime ?? .zero
        state.withLock { $0.orders.append((order, now)) }
    }

    private func hang(while isHanging: (Behaviour) -> Bool) async {
        _ = await eventually {
            Task.isCancelled || !state.withLock { isHanging($0.behaviour) }
        }
    }
}
