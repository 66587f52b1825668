import Foundation
import Synchronization

@testable import ControlPlane

/// Schedules, their ticks and what those have started, in memory; and a process that can die at
/// each of its calls, before or behind what that does.
final class SimulatedSchedules: ScheduleStore, ScheduleTargets {
    struct Work: Sendable {
        let schedule: ScheduleID
        let tick: Date
    }

    struct State: Sendable {
        var schedules: [ScheduleID: Schedule] = [:]
        var ticks: [ScheduleID: [Date: ScheduleTick]] = [:]
        /// Where each tick is, by its id.
        var places: [String: (schedule: ScheduleID, time: Date)] = [:]
        var open: Set<String> = []
        var works: [String: Work] = [:]
        var unfinished: [ScheduleID: Set<String>] = [:]
        /// All starts that were carried out, also of one that was there.
        var starts: [(schedule: ScheduleID, tick: Date)] = []
        var stops: [String] = []
        /// How often all schedules were read.
        var fullReads = 0
        var unreadable: Set<ScheduleID> = []
        /// What is started is over at once.
        var endsAtOnce = true
        var refusal: ControlPlaneError?
        /// How many calls succeed before the process dies; nil for all.
        var callsLeft: Int?
        var diesBehind = false
        var isDead = false
    }

    let state = Mutex(State())

    init(_ schedules: [Schedule]) {
        state.withLock { state in
            for schedule in schedules { state.schedules[schedule.id] = schedule }
        }
    }

    /// A new process.
    func revive() { state.withLock { ($0.isDead, $0.callsLeft) = (false, nil) } }

    func ticks(of id: ScheduleID) -> [ScheduleTick] {
        state.withLock { ($0.ticks[id] ?? [:]).values.sorted { $0.time < $1.time } }
    }

    func endAll() {
        state.withLock { $0.unfinished = [:] }
    }

    private func call<T: Sendable>(
        _ work: (inout State) throws(ControlPlaneError) -> T
    ) throws(ControlPlaneError) -> T {
        let result: Result<T, ControlPlaneError> = state.withLock { state in
            if state.isDead { return .failure(.store("dead")) }
            if state.callsLeft == 0 {
                state.isDead = true
                if !state.diesBehind { return .failure(.store("killed before")) }
            }
            state.callsLeft = state.callsLeft.map { $0 - 1 }
            do throws(ControlPlaneError) {
                let value = try work(&state)
                return state.isDead ? .failure(.store("killed behind")) : .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    func enabledSchedules() throws(ControlPlaneError) -> [Schedule] {
        try call { state in
            state.fullReads += 1
            return state.schedules.values.filter(\.spec.isEnabled)
        }
    }

    func openTicks(of schedule: ScheduleID?) throws(ControlPlaneError) -> [ScheduleTick] {
        try call { state in
            state.open.compactMap { id in
                state.places[id].flatMap { state.ticks[$0.schedule]?[$0.time] }
            }.filter { $0.schedule == schedule ?? $0.schedule }.sorted { $0.time < $1.time }
        }
    }

    func lastTicks(of schedules: [ScheduleID]) throws(ControlPlaneError)
        -> [ScheduleID: ScheduleTick]
    {
        try call { state in
            var last: [ScheduleID: ScheduleTick] = [:]
            for id in schedules {
                last[id] = state.ticks[id]?.values.max { $0.time < $1.time }
            }
            return last
        }
    }

    func note(_ ticks: [ScheduleTick], of id: ScheduleID, version: Int, mark: Date)
        throws(ControlPlaneError) -> [ScheduleTick]?
    {
        try call { state in
            guard let schedule = state.schedules[id], schedule.version == version,
                schedule.spec.isEnabled
            else { return nil }
            state.schedules[id]?.mark = mark
            return ticks.filter { tick in
                let old = state.ticks[id]?[tick.time]
                guard old == nil || old?.outcome == .missed && tick.outcome == .starting else {
                    return false
                }
                state.keep(tick)
                return true
            }
        }
    }

    func settle(_ tick: ScheduleTick) throws(ControlPlaneError) {
        try call { $0.keep(tick) }
    }

    func setBack(_ id: ScheduleID, to mark: Date) throws(ControlPlaneError) {
        try call { $0.schedules[id]?.mark = mark }
    }

    func disable(_ id: ScheduleID, version: Int, because reason: String, at now: Date)
        throws(ControlPlaneError)
    {
        try call { state in
            state.schedules[id]?.spec.isEnabled = false
            state.schedules[id]?.disabledBecause = reason
        }
    }

    func unfinished(of id: ScheduleID) throws(ControlPlaneError) -> [String] {
        try call { ($0.unfinished[id] ?? []).sorted() }
    }

    func isStarted(_ id: String) throws(ControlPlaneError) -> Bool {
        try call { $0.works[id] != nil }
    }

    func start(_ id: String, for schedule: Schedule) throws(ControlPlaneError) {
        try call { state throws(ControlPlaneError) in
            if let refusal = state.refusal { throw refusal }
            guard let place = state.places[id], state.open.contains(id) else {
                throw .store("started before it was noted")
            }
            state.works[id] = Work(schedule: schedule.id, tick: place.time)
            if !state.endsAtOnce { state.unfinished[schedule.id, default: []].insert(id) }
            state.starts.append((schedule.id, place.time))
        }
    }

    func stop(_ id: String, of schedule: Schedule) throws(ControlPlaneError) {
        try call { $0.stops.append(id) }
    }

    // Callers of the API alone use these.

    func insert(_ schedule: Schedule) throws(ControlPlaneError) {
        try call { $0.schedules[schedule.id] = schedule }
    }

    func schedule(_ id: ScheduleID, in scope: Scope) throws(ControlPlaneError) -> Schedule? {
        try call { state throws(ControlPlaneError) in
            if state.unreadable.contains(id) { throw .store("unreadable") }
            return state.schedules[id]
        }
    }

    func schedules(_ query: ScheduleQuery) throws(ControlPlaneError) -> Page<Schedule> {
        Page(items: try enabledSchedules(), next: nil)
    }

    func update(_ schedule: Schedule, movesMark: Bool) throws(ControlPlaneError) {
        try call { state in
            var changed = schedule
            if !movesMark { changed.mark = state.schedules[schedule.id]?.mark ?? schedule.mark }
            state.schedules[schedule.id] = changed
        }
    }

    func delete(_ id: ScheduleID, version: Int?, in scope: Scope) throws(ControlPlaneError) {
        try call { state in
            state.schedules[id] = nil
            state.ticks[id] = nil
        }
    }

    func ticks(_ query: TickQuery) throws(ControlPlaneError) -> Page<ScheduleTick> {
        Page(items: ticks(of: query.schedule), next: nil)
    }
}

extension SimulatedSchedules.State {
    mutating func keep(_ tick: ScheduleTick) {
        ticks[tick.schedule, default: [:]][tick.time] = tick
        places[tick.id] = (tick.schedule, tick.time)
        if tick.outcome.isOpen { open.insert(tick.id) } else { open.remove(tick.id) }
    }
}

extension Schedule {
    static func sample(
        _ id: String, at now: Date, _ change: (inout ScheduleSpec) -> Void
    ) -> Schedule {
        var spec = ScheduleSpec(name: id, tenantId: "tenant-1", envId: "dev")
        spec.loadTestId = "load-test-1"
        change(&spec)
        return Schedule(
            id: ScheduleID(id), spec: spec, version: 1, audit: Audit(at: now, by: "editor"),
            requester: "tenant-1/editor", mark: now)
    }
}
