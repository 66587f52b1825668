import ControlPlane
import Foundation
import Synchronization

/// Clocks that stand still until a test moves them.
package final class ManualTime: TimeSource {
    private struct Sleeper {
        let wakeAt: Duration
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var uptime: Duration
        /// Calendar time minus uptime: a jump of the system clock changes it.
        var origin: Date
        var machineBoot = "machine-boot-1"
        var sleepers: [Int: Sleeper] = [:]
        var lastID = 0
    }

    private let state: Mutex<State>

    package init(start: Date = Date(timeIntervalSince1970: 1_800_000_000)) {
        state = Mutex(State(uptime: .seconds(1000), origin: start.addingTimeInterval(-1000)))
    }

    package var now: Date {
        state.withLock { $0.origin.addingTimeInterval($0.uptime / .seconds(1)) }
    }

    package var machine: MachineInstant? {
        state.withLock { MachineInstant(boot: $0.machineBoot, seconds: $0.uptime / .seconds(1)) }
    }

    package var uptime: Duration { state.withLock { $0.uptime } }

    /// How many tasks wait for the clock.
    package var sleeperCount: Int { state.withLock { $0.sleepers.count } }

    package func sleep(until instant: Duration) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let isDue = state.withLock { state in
                    if state.uptime >= instant { return true }
                    state.sleepers[id] = Sleeper(wakeAt: instant, continuation: continuation)
                    return false
                }
                if isDue { continuation.resume() }
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Moves both clocks and wakes whoever is due. Those who wake go on in their own time: let
    /// `eventually` wait for what they do.
    package func advance(by duration: Duration) {
        let due = state.withLock { state in
            state.uptime += duration
            let due = state.sleepers.filter { $0.value.wakeAt <= state.uptime }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.sorted { $0.wakeAt < $1.wakeAt }
        }
        for sleeper in due { sleeper.continuation.resume() }
    }

    /// Sets the system's clock forwards or back, as an administrator or NTP does.
    package func jumpCalendar(by seconds: TimeInterval) {
        state.withLock { $0.origin += seconds }
    }

    /// As if the machine had been restarted: what an earlier boot's clock said means nothing now.
    package func restartMachine() {
        state.withLock { $0.machineBoot += "'" }
    }

    private func cancel(_ id: Int) {
        let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
        sleeper?.continuation.resume(throwing: CancellationError())
    }
}
