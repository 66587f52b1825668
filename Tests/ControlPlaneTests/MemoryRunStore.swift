import ControlPlane
import Synchronization
import TestSupport

/// A `RunStore` that keeps everything in memory and fails when a test wants it to.
final class MemoryRunStore: RunStore {
    struct State {
        var runs: [RunID: RunRecord] = [:]
        var observations: [RunID: [Observation]] = [:]
        /// What each run counts for in its cluster.
        var users: [RunID: Int] = [:]
        /// How many of the next calls fail; `.max` is all of them.
        var insertsToFail = 0
        /// The same for inserts that are stored all the same.
        var insertAnswersToFail = 0
        var savesToFail = 0
        var appendsToFail = 0
        var ordersToFail = 0
        /// Of single runs.
        var readsToFail = 0
        /// What those that fail are answered with.
        var failure: StoreFailure = "the disk is full"
        /// Whether saves wait before they do anything, and inserts after they have.
        var holdsSaves = false
        var holdsInsertAnswers = false
        var holdsAppends = false
        var holdsOrders = false
        var holdsOutcomes = false
        var heldSaves = 0
        var heldAppends = 0
        /// Every state that was stored of any run, in order.
        var savedStates: [RunState] = []
        var savedRevisions: [Int] = []
        var emergencyStops: [EmergencyStop] = []
        /// Also of those that are lifted.
        var stopInsertsToFail = 0
        var timelines: [RunID: [TimelineEntry]] = [:]
    }

    let state = Mutex(State())

    func behave(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    func record(_ id: RunID) -> RunRecord? { state.withLock { $0.runs[id] } }

    func users(of id: RunID) -> Int? { state.withLock { $0.users[id] } }

    var heldSaves: Int { state.withLock { $0.heldSaves } }

    var heldAppends: Int { state.withLock { $0.heldAppends } }

    var savedStates: [RunState] { state.withLock { $0.savedStates } }

    func insert(_ run: Run, liveRunsMax: Int?, capacity: ClusterCapacity)
        async throws(ControlPlaneError)
    {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.insertsToFail, state.failure)
            let live = state.runs.values.map(\.run).filter {
                !$0.state.isOver && $0.state != .awaitingApproval
            }
            try Self.checkRoom(for: run.targetUsers, of: run, capacity, state)
            let own = live.filter { $0.spec.tenantId == run.spec.tenantId }
            if let liveRunsMax, own.count >= liveRunsMax {
                throw .tooManyRuns(max: liveRunsMax, own.map(\.id))
            }
            state.runs[run.id] = RunRecord(run: run, lastMetrics: nil)
            state.users[run.id] = run.targetUsers
        }
        await hold(while: \.holdsInsertAnswers)
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.insertAnswersToFail, state.failure)
        }
    }

    func place(_ run: Run, liveRunsMax: Int?, capacity: ClusterCapacity)
        async throws(ControlPlaneError)
    {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.savesToFail, state.failure)
            try Self.checkRoom(for: run.targetUsers, of: run, capacity, state)
            guard state.runs[run.id]?.run.state == .awaitingApproval else {
                throw .notAwaiting(run.id, run.state)
            }
            state.runs[run.id] = RunRecord(run: run, lastMetrics: nil)
        }
    }

    func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run] {
        state.withLock { $0.runs.values.map(\.run).filter { $0.state == .awaitingApproval } }
    }

    func reserve(_ users: Int, for run: RunID, capacity: ClusterCapacity)
        async throws(ControlPlaneError)
    {
        try state.withLock { state throws(ControlPlaneError) in
            guard let stored = state.runs[run]?.run else { throw .unknownRun(run) }
            try Self.checkRoom(for: users, of: stored, capacity, state)
            state.users[run] = users
        }
    }

    private static func checkRoom(
        for users: Int, of run: Run, _ capacity: ClusterCapacity, _ state: State
    ) throws(ControlPlaneError) {
        let others = state.runs.values.map(\.run).filter {
            !$0.state.isOver && $0.clusterID == run.clusterID && $0.id != run.id
        }
        let taken = others.map { state.users[$0.id] ?? 0 }
        guard let limit = capacity.limitReached(by: users, beside: taken) else { return }
        throw .clusterBusy([FullCluster(run.clusterID, limit, others.map(\.id))])
    }

    func save(_ run: Run, numbers: LastMetrics?) async throws(ControlPlaneError) {
        state.withLock { $0.heldSaves += $0.holdsSaves ? 1 : 0 }
        await hold(while: \.holdsSaves)
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.savesToFail, state.failure)
            guard let stored = state.runs[run.id], stored.run.revision < run.revision else {
                return
            }
            state.runs[run.id] = RunRecord(
                run: run, lastMetrics: numbers ?? stored.lastMetrics)
            state.savedStates.append(run.state)
            state.savedRevisions.append(run.revision)
        }
    }

    func append(_ observation: Observation, to run: RunID, numbers: LastMetrics?)
        async throws(ControlPlaneError)
    {
        state.withLock { $0.heldAppends += $0.holdsAppends ? 1 : 0 }
        await hold(while: \.holdsAppends)
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.appendsToFail, state.failure)
            guard let stored = state.runs[run] else { throw .unknownRun(run) }
            let known = state.observations[run] ?? []
            guard !known.contains(where: { $0.key == observation.key }) else { return }
            state.observations[run] = known + [observation]
            state.runs[run] = RunRecord(run: stored.run, lastMetrics: numbers)
        }
    }

    func setNumbers(_ numbers: LastMetrics, of run: RunID) async throws(ControlPlaneError) {
        state.withLock { state in
            guard let stored = state.runs[run] else { return }
            state.runs[run] = RunRecord(run: stored.run, lastMetrics: numbers)
        }
    }

    func run(_ id: RunID, in scope: Scope) async throws(ControlPlaneError) -> RunRecord? {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.readsToFail, state.failure)
        }
        guard let record = record(id), scope.covers(record.run.spec.environment) else {
            return nil
        }
        return record
    }

    func liveRuns() async throws(ControlPlaneError) -> [Run] {
        state.withLock { state in
            state.runs.values.map(\.run).filter {
                !$0.state.isOver && $0.state != .awaitingApproval
            }
        }
    }

    func totals(of run: RunID) async throws(ControlPlaneError) -> [Observation] {
        state.withLock { $0.observations[run] ?? [] }
    }

    func hold(while isHeld: (State) -> Bool) async {
        _ = await eventually { state.withLock { !isHeld($0) } }
    }

    static func fail(_ left: inout Int, _ failure: StoreFailure) throws(ControlPlaneError) {
        guard left > 0 else { return }
        if left < .max { left -= 1 }
        throw .store(failure)
    }
}
