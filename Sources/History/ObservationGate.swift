import ControlPlane
import Synchronization

/// Lets observations into the writer's queue one at a time, so that a change of a run's state finds
/// at most one of them before it, and none waits longer than for one round of such changes.
final class ObservationGate: Sendable {
    /// Far more than there are runs and callbacks at a time; beyond, the sender is told to wait.
    static let waitersMax = 2000

    private struct State {
        var isTaken = false
        var waiters: [(turn: CheckedContinuation<Void, Never>, since: ContinuousClock.Instant)] = []
    }

    private let state = Mutex(State())
    private let meter = LagMeter()

    func enter() async throws(ControlPlaneError) {
        let isFull = state.withLock { $0.waiters.count >= Self.waitersMax }
        guard !isFull else {
            throw .store(StoreFailure(.overloaded, "\(Self.waitersMax) observations wait already"))
        }
        let since = meter.enter()
        await withCheckedContinuation { turn in
            let isFree = state.withLock { state in
                guard state.isTaken else {
                    state.isTaken = true
                    return true
                }
                state.waiters.append((turn, since))
                return false
            }
            if isFree {
                meter.leave(since: since)
                turn.resume()
            }
        }
    }

    func leave() {
        let next = state.withLock { state in
            guard !state.waiters.isEmpty else {
                state.isTaken = false
                return nil
                    as (turn: CheckedContinuation<Void, Never>, since: ContinuousClock.Instant)?
            }
            return state.waiters.removeFirst()
        }
        guard let next else { return }
        meter.leave(since: next.since)
        next.turn.resume()
    }

    func lag() -> QueueLag { meter.lag() }
}
