import ControlPlane
import Foundation
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
        /// The same for runs that are queued, or leave the queue.
        var enqueuesToFail = 0
        var admitsToFail = 0
        var admitAnswersToFail = 0
        var holdsAdmits = false
        var heldAdmits = 0
        var savesToFail = 0
        var appendsToFail = 0
        var measurementsToFail = 0
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
        /// Runs that have begun, by day and environment.
        var days: [Int: [EnvironmentKey: Int]] = [:]

        func usage(at now: Date) -> Usage {
            let waiting: Set<RunState> = [.queued, .awaitingApproval]
            let live = runs.values.map(\.run)
                .filter { !$0.state.isOver && !waiting.contains($0.state) }
                .sorted { $0.id.text < $1.id.text }
            return Usage(
                live: live.map { Usage.Share($0, users: users[$0.id]) },
                today: days[RunDay.number(of: now)] ?? [:], at: now)
        }

        mutating func count(_ run: Run, at now: Date) {
            days[RunDay.number(of: now), default: [:]][run.spec.environment, default: 0] += 1
        }
    }

    let state = Mutex(State())

    func behave(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    func record(_ id: RunID) -> RunRecord? { state.withLock { $0.runs[id] } }

    func users(of id: RunID) -> Int? { state.withLock { $0.users[id] } }

    var heldSaves: Int { state.withLock { $0.heldSaves } }

    var heldAdmits: Int { state.withLock { $0.heldAdmits } }

    var heldAppends: Int { state.withLock { $0.heldAppends } }

    var savedStates: [RunState] { state.withLock { $0.savedStates } }

    func insert(_ run: Run, room: Room) async throws(ControlPlaneError) {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.insertsToFail, state.failure)
            try room.check(Usage.Share(run), beside: state.usage(at: room.now))
            state.runs[run.id] = RunRecord(run: run, lastMetrics: nil)
            state.users[run.id] = run.targetUsers
            state.count(run, at: room.now)
        }
        await hold(while: \.holdsInsertAnswers)
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.insertAnswersToFail, state.failure)
        }
    }

    func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run] {
        state.withLock { $0.runs.values.map(\.run).filter { $0.state == .awaitingApproval } }
    }

    func enqueue(_ run: Run) async throws(ControlPlaneError) {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.enqueuesToFail, state.failure)
            state.runs[run.id] = RunRecord(run: run, lastMetrics: nil)
            state.users[run.id] = run.targetUsers
        }
    }

    func admit(_ run: Run, room: Room) async throws(ControlPlaneError) {
        state.withLock { $0.heldAdmits += $0.holdsAdmits ? 1 : 0 }
        await hold(while: \.holdsAdmits)
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.admitsToFail, state.failure)
            guard let stored = state.runs[run.id]?.run.state,
                [.queued, .awaitingApproval].contains(stored)
            else {
                throw .runIsOver(run.id, run.state)
            }
            try room.check(Usage.Share(run), beside: state.usage(at: room.now))
            state.runs[run.id] = RunRecord(run: run, lastMetrics: nil)
            state.count(run, at: room.now)
            try Self.fail(&state.admitAnswersToFail, state.failure)
        }
    }

    func queuedRuns() async throws(ControlPlaneError) -> [Run] {
        state.withLock { $0.runs.values.map(\.run).filter { $0.state == .queued } }
    }

    func usage(at now: Date) async throws(ControlPlaneError) -> Usage {
        state.withLock { $0.usage(at: now) }
    }

    func reserve(_ users: Int, for run: RunID, room: Room) async throws(ControlPlaneError) {
        try state.withLock { state throws(ControlPlaneError) in
            guard let stored = state.runs[run]?.run else { throw .unknownRun(run) }
            try room.check(
                users, of: Usage.Share(stored), beside: state.usage(at: room.now))
            state.users[run] = users
        }
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

    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord> {
        let all = state.withLock { Array($0.runs.values) }.filter { record in
            let (run, audit) = (record.run, record.run.audit)
            let isEarlier =
                query.earlierThan.map {
                    (audit.createdAt, run.id.text) < ($0.createdAt, $0.id.text)
                } ?? true
            return isEarlier && query.scope.covers(run.spec.environment)
                && (query.loadTestID ?? run.loadTestID) == run.loadTestID
                && (query.states.isEmpty || query.states.contains(run.state))
                && query.labels.allSatisfy { run.labels[$0.key] == $0.value }
        }.sorted {
            ($0.run.audit.createdAt, $0.run.id.text) > ($1.run.audit.createdAt, $1.run.id.text)
        }
        let start = query.page.after.flatMap { Int($0.value) } ?? 0
        let page = all.dropFirst(start).prefix(query.page.limit)
        let end = start + page.count
        return Page(
            items: Array(page), next: end < all.count ? PageMark(value: "\(end)", id: "") : nil)
    }

    func liveRuns() async throws(ControlPlaneError) -> [Run] {
        state.withLock {
            $0.runs.values.map(\.run).filter {
                !$0.state.isOver && $0.state != .queued && $0.state != .awaitingApproval
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
