import ControlPlane
import Synchronization

/// Something that happens once, and that tasks can wait for.
package final class Latch: Sendable {
    private struct State {
        var isSet = false
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastID = 0
    }

    private let state = Mutex(State())

    package var isSet: Bool { state.withLock { $0.isSet } }

    package init() {}

    package func set() {
        let waiting = state.withLock { state in
            state.isSet = true
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Waits at most for `limit`, and less when the task is cancelled.
    ///
    /// - Returns: whether it has happened.
    package func wait(within limit: Duration, on time: any TimeSource) async -> Bool {
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            // Cut short by the group's end, or by the task's, which ends the other wait as well.
            group.addTask { try? await time.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        return isSet
    }

    private func wait() async {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let goesOn = state.withLock { state in
                    guard !state.isSet, !Task.isCancelled else { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if goesOn { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
    }
}
