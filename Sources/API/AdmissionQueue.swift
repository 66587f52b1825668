import ControlPlane
import Metrics
import Synchronization

/// The places and the queue of one class of requests, first come, first served.
final class AdmissionQueue: Sendable {
    /// Why a request is not worked on.
    enum Refusal: Error, Equatable {
        /// Its caller has as many requests here as one may have.
        case callerIsFull
        /// The queue is full.
        case queueIsFull
        /// It has waited as long as one may.
        case waitedTooLong
    }

    private struct Waiter {
        let id: Int
        let bodyBytes: Int
        let since: Duration
        let continuation: CheckedContinuation<Result<Void, Refusal>, Never>
    }

    private struct State {
        var active = 0
        var activeBodyBytes = 0
        var waiting: [Waiter] = []
        /// Requests that are worked on or wait, by caller; only those with any are in it.
        var ofCaller: [String: Int] = [:]
        var lastID = 0
    }

    private let limits: AdmissionClass.Limits
    private let meter: LagMeter
    private let state = Mutex(State())

    init(_ name: String, _ limits: AdmissionClass.Limits) {
        self.limits = limits
        meter = LagMeter("admission.\(name)", waitMax: limits.waitToWarn)
    }

    var lag: QueueLag { meter.lag() }

    /// Runs `work` once there is a place for it.
    ///
    /// - Parameters:
    ///   - caller: whose share it counts against.
    ///   - bodyBytes: the length of its body, which is to be decoded.
    func admit<Value, Failure: Error>(
        _ caller: String, bodyBytes: Int, on time: any TimeSource,
        refused: (Refusal) -> Failure, work: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        do throws(Refusal) {
            try await enter(caller, bodyBytes, time)
        } catch {
            meter.refuse()
            throw refused(error)
        }
        defer { leave(caller, bodyBytes, time) }
        return try await work()
    }

    private func enter(_ caller: String, _ bodyBytes: Int, _ time: any TimeSource)
        async throws(Refusal)
    {
        let arrival = state.withLock { state -> Result<Int?, Refusal> in
            guard state.ofCaller[caller, default: 0] < limits.perCallerMax else {
                return .failure(.callerIsFull)
            }
            let isFree = state.waiting.isEmpty && hasPlace(for: bodyBytes, state)
            guard isFree || state.waiting.count < limits.waitingMax else {
                return .failure(.queueIsFull)
            }
            state.ofCaller[caller, default: 0] += 1
            if isFree {
                take(bodyBytes, &state)
                return .success(nil)
            }
            state.lastID += 1
            return .success(state.lastID)
        }
        guard let id = try arrival.get() else { return meter.record(.zero) }
        let outcome = await wait(id, bodyBytes, time)
        if case .failure = outcome { state.withLock { forget(caller, &$0) } }
        try outcome.get()
    }

    private func wait(_ id: Int, _ bodyBytes: Int, _ time: any TimeSource) async
        -> Result<Void, Refusal>
    {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // A cancelled wait is one that is over.
                do { try await time.sleep(for: self.limits.waitMax) } catch { return }
                self.expire(id, time)
            }
            defer { group.cancelAll() }
            return await withCheckedContinuation { continuation in
                meter.enter()
                state.withLock { state in
                    state.waiting.append(
                        Waiter(
                            id: id, bodyBytes: bodyBytes, since: time.uptime,
                            continuation: continuation))
                }
                // A place may have become free before this one stood in the queue.
                admitWaiting(time)
            }
        }
    }

    private func leave(_ caller: String, _ bodyBytes: Int, _ time: any TimeSource) {
        state.withLock { state in
            state.active -= 1
            state.activeBodyBytes -= bodyBytes
            forget(caller, &state)
        }
        admitWaiting(time)
    }

    private func admitWaiting(_ time: any TimeSource) {
        let admitted = state.withLock { state in
            var admitted: [Waiter] = []
            while let next = state.waiting.first, hasPlace(for: next.bodyBytes, state) {
                take(next.bodyBytes, &state)
                admitted.append(state.waiting.removeFirst())
            }
            return admitted
        }
        for waiter in admitted { end(waiter, .success(()), time) }
    }

    private func expire(_ id: Int, _ time: any TimeSource) {
        let expired = state.withLock { state -> Waiter? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        guard let expired else { return }
        end(expired, .failure(.waitedTooLong), time)
        // A large body at the front may have kept smaller ones waiting.
        admitWaiting(time)
    }

    private func end(_ waiter: Waiter, _ outcome: Result<Void, Refusal>, _ time: any TimeSource) {
        meter.leave()
        meter.record(time.uptime - waiter.since)
        waiter.continuation.resume(returning: outcome)
    }

    private func hasPlace(for bodyBytes: Int, _ state: State) -> Bool {
        guard state.active > 0 else { return true }
        return state.active < limits.activeMax
            && state.activeBodyBytes + bodyBytes <= limits.activeBodyBytesMax
    }

    private func take(_ bodyBytes: Int, _ state: inout State) {
        state.active += 1
        state.activeBodyBytes += bodyBytes
    }

    private func forget(_ caller: String, _ state: inout State) {
        let left = state.ofCaller[caller, default: 0] - 1
        state.ofCaller[caller] = left > 0 ? left : nil
    }
}
