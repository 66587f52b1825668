import ControlPlane
import Foundation
import Synchronization

/// A cluster that does what a test tells it, for faults that a real one won't produce on demand.
package final class FakeCluster: LoadDriver, LoadDriverProvider {
    package enum Order: Equatable, Sendable {
        case prepare(RunID)
        case start(RunID)
        case stop(RunID)
    }

    package struct Behaviour: Sendable {
        package var prepareError: DriverError?
        package var startError: DriverError?
        package var stopError: DriverError?
        package var lookError: DriverError?
        /// Nil follows the orders: load is on from start to stop.
        package var load: Sighting.Load?
        package var boot: String? = "boot-1"
        package var observation: Observation?
        /// Whether `start` and `stop` wait until `release` is called.
        package var hangs = false
    }

    private struct State {
        var behaviour = Behaviour()
        var orders: [Order] = []
        var looks = 0
        var isLoaded = false
    }

    private let state = Mutex(State())

    package init() {}

    package var orders: [Order] { state.withLock { $0.orders } }

    package var looks: Int { state.withLock { $0.looks } }

    package var isLoaded: Bool { state.withLock { $0.isLoaded } }

    package func behave(_ change: (inout Behaviour) -> Void) {
        state.withLock { change(&$0.behaviour) }
    }

    package func driver(for cluster: Cluster) -> any LoadDriver { self }

    package func prepare(_ order: LoadOrder) async throws(DriverError) {
        let error = state.withLock { state in
            state.orders.append(.prepare(order.runID))
            return state.behaviour.prepareError
        }
        if let error { throw error }
    }

    package func start(_ order: LoadOrder) async throws(DriverError) {
        let error = state.withLock { state in
            state.orders.append(.start(order.runID))
            state.isLoaded = state.behaviour.startError == nil
            return state.behaviour.startError
        }
        await hang()
        if let error { throw error }
    }

    package func look(for run: RunID) async throws(DriverError) -> Sighting {
        let (behaviour, isLoaded) = state.withLock { state in
            state.looks += 1
            return (state.behaviour, state.isLoaded)
        }
        if let error = behaviour.lookError { throw error }
        return Sighting(
            load: behaviour.load ?? (isLoaded ? .on : .absent), boot: behaviour.boot,
            observation: behaviour.observation)
    }

    package func stop(_ run: RunID) async throws(DriverError) {
        let error = state.withLock { state in
            state.orders.append(.stop(run))
            if state.behaviour.stopError == nil { state.isLoaded = false }
            return state.behaviour.stopError
        }
        await hang()
        if let error { throw error }
    }

    package func health() async throws(DriverError) -> ClusterHealth {
        if let error = state.withLock({ $0.behaviour.lookError }) { throw error }
        return ClusterHealth(version: "2.47.0", state: "ready", workers: 2, users: 0, runID: nil)
    }

    private func hang() async {
        _ = await eventually { state.withLock { !$0.behaviour.hangs } }
    }
}
