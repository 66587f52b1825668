import Foundation
import Logging
import Schedules

/// Lets happen what schedules say, each tick at most once: a tick is noted in the store before
/// anything is started for it, together with the id under which it is started. So whoever finds a
/// tick that is `starting` can tell whether it was, and start it if not.
package actor Scheduler {
    /// Between two looks at the clock, which may be put forward or back at any time.
    package static let lookInterval = Duration.seconds(1)
    /// How late a tick is still on time: longer than the service takes to come back, or a store to
    /// recover from a moment's trouble.
    package static let grace = Duration.seconds(60)
    /// Schedules that are worked on at once: each may wait some seconds for a cluster.
    static let atOnceMax = 16
    /// Of these, those of one tenant, whose clusters or names may all be slow to answer: ticks of
    /// others are on time all the same. Where half of all are free, it may have more of them.
    static let ofTenantMax = 4
    /// Ticks of one schedule that wait for their turn: who has more of them has a schedule that is
    /// too dense.
    package static let waitingMax = 10
    /// No shorter pause between two looks, however close the next tick is.
    private static let pauseMin = Duration.milliseconds(5)
    /// Where more have to begin something than are worked on at once.
    private static let crowdedPause = Duration.milliseconds(100)

    private let store: any ScheduleStore
    private let targets: any ScheduleTargets
    private let time: any TimeSource
    private let logger: Logger
    private let executor: SupervisionExecutor
    /// What a caller would be answered for an error.
    private let code: @Sendable (ControlPlaneError) -> String
    private var entries: [ScheduleID: Entry] = [:]
    /// Those that somebody works on just now, with their tenants.
    private var busy: [ScheduleID: String] = [:]
    private var turns = 0
    private var isCrowded = false
    /// Whether what earlier processes have left was read.
    private var isRead = false
    /// What somebody has changed, and was not read since.
    private var changed: Set<ScheduleID> = []

    package init(
        _ store: any ScheduleStore, targets: any ScheduleTargets, time: any TimeSource,
        logger: Logger, executor: SupervisionExecutor = .init(),
        code: @escaping @Sendable (ControlPlaneError) -> String
    ) {
        self.store = store
        self.targets = targets
        self.time = time
        self.logger = logger
        self.executor = executor
        self.code = code
    }

    /// To be told behind each change of what is stored, also of one that may have failed.
    package func noteChange(of id: ScheduleID) { changed.insert(id) }

    /// Works until the task is cancelled. What is then under way is found by the next process.
    package func run() async {
        await withTaskExecutorPreference(executor) {
            await withDiscardingTaskGroup { group in
                while !Task.isCancelled {
                    for id in await self.takeDue() {
                        group.addTask(executorPreference: executor) { await self.work(on: id) }
                    }
                    do { try await time.sleep(for: self.pause()) } catch { break }
                }
                group.cancelAll()
            }
        }
    }

    /// Does all that is to be done now, and returns when it is done.
    package func look() async {
        var seen: Set<ScheduleID> = []
        while true {
            let due = await takeDue(but: seen)
            guard !due.isEmpty else { return }
            for id in due { await work(on: id) }
            seen.formUnion(due)
        }
    }

    func pause() -> Duration {
        if isCrowded { return Self.crowdedPause }
        let next = entries.lazy.filter { self.busy[$0.key] == nil }.compactMap(\.value.next)
            .min()
        guard let next else { return Self.lookInterval }
        let left = Duration.seconds(next.timeIntervalSince(time.now))
        return max(Self.pauseMin, min(left, Self.lookInterval))
    }

    /// Those that have something to be done now; they count as busy from here on.
    func takeDue(but seen: Set<ScheduleID> = []) async -> [ScheduleID] {
        await readNews()
        let now = time.now
        let due = entries.filter { id, entry in
            guard busy[id] == nil, !seen.contains(id) else { return false }
            return !entry.open.isEmpty || entry.isAhead(of: now) || entry.hasToBegin(at: now)
        }
        turns += 1
        isCrowded = false
        var (taken, ofTenants) = ([ScheduleID](), [String: Int]())
        for tenant in busy.values { ofTenants[tenant, default: 0] += 1 }
        // Who was not worked on for long is first, so that none waits for ever.
        for (id, entry) in due.sorted(by: { $0.value.isBefore($1.value) }) {
            let tenant = entry.schedule.spec.tenantId
            guard hasPlace(besides: ofTenants[tenant, default: 0]) else {
                // What waits for the end of others may do so for hours.
                if entry.hasToBegin(at: now) { isCrowded = true }
                continue
            }
            ofTenants[tenant, default: 0] += 1
            busy[id] = tenant
            entries[id]?.turn = turns
            taken.append(id)
        }
        return taken
    }

    /// Whether one more can be worked on, of a tenant of which there are so many.
    private func hasPlace(besides ofTenant: Int) -> Bool {
        if ofTenant < Self.ofTenantMax { return busy.count < Self.atOnceMax }
        return busy.count < Self.atOnceMax / 2
    }
}

// MARK: What is stored

extension Scheduler {
    /// Reads all once, and from then on what was changed. Who works on one knows better: it is read
    /// behind that. Only here does anybody begin to work on one, and not while it is read.
    private func readNews() async {
        do throws(ControlPlaneError) {
            if !isRead {
                let enabled = try await store.enabledSchedules()
                var open = Dictionary(grouping: try await store.openTicks(of: nil), by: \.schedule)
                for schedule in enabled { keep(schedule, open.removeValue(forKey: schedule.id)) }
                isRead = true
                // Ticks that wait for what is disabled.
                changed.formUnion(open.keys)
            }
        } catch {
            return logger.error("schedules not read", ["cause": .string("\(error)")])
        }
        var fault: (id: ScheduleID, cause: ControlPlaneError)?
        for id in changed where busy[id] == nil {
            do throws(ControlPlaneError) { try await read(id) } catch { fault = (id, error) }
        }
        // One line for all: it may be the store.
        guard let fault else { return }
        logger.error(
            "schedule not read",
            ["scheduleId": .string(fault.id.text), "cause": .string("\(fault.cause)")])
    }

    private func read(_ id: ScheduleID) async throws(ControlPlaneError) {
        // One that is changed meanwhile is read once more.
        changed.remove(id)
        do throws(ControlPlaneError) {
            let schedule = try await store.schedule(id, in: .everything)
            let open = try await store.openTicks(of: id)
            if let schedule, schedule.spec.isEnabled { return keep(schedule, open) }
            entries[id] = nil
            for tick in open { try await drop(tick) }
        } catch {
            changed.insert(id)
            throw error
        }
    }

    private func keep(_ schedule: Schedule, _ open: [ScheduleTick]?) {
        guard let timing = schedule.spec.timing else {
            entries[schedule.id] = nil
            return logger.error(
                "schedule not readable", ["scheduleId": .string(schedule.id.text)])
        }
        entries[schedule.id] = Entry(
            schedule: schedule, timing: timing, next: timing.next(after: schedule.mark),
            open: open ?? [], turn: entries[schedule.id]?.turn ?? 0)
    }

    /// Ends a tick of a schedule that was disabled.
    private func drop(_ tick: ScheduleTick) async throws(ControlPlaneError) {
        var tick = tick
        if try await store.isStarted(tick.id) {
            tick.outcome = .started
        } else {
            tick.outcome = .skipped
            tick.detail = "the schedule was disabled before it could begin"
        }
        tick.decidedAt = time.now
        try await store.settle(tick)
    }

    private func work(on id: ScheduleID) async {
        defer { busy[id] = nil }
        do throws(ControlPlaneError) {
            try await followClock(id)
            try await noteDue(id)
            for tick in entries[id]?.open ?? [] { try await carryOn(tick) }
        } catch {
            guard !error.isOfStartOrEnd else { return }
            // What seemed to fail may be stored: it is read before anybody works on it again.
            noteChange(of: id)
            logger.error(
                "schedule not followed",
                ["scheduleId": .string(id.text), "cause": .string("\(error)")])
        }
    }

    /// A clock that was put back has its ticks to come again: those that have happened are noted,
    /// and do not happen twice.
    private func followClock(_ id: ScheduleID) async throws(ControlPlaneError) {
        guard entries[id]?.isAhead(of: time.now) == true else { return }
        // Ticks may have been forgotten since it was read.
        let stored = try await store.schedule(id, in: .everything)
        entries[id]?.schedule.forgottenThrough = stored?.forgottenThrough
        guard let entry = entries[id], entry.isAhead(of: time.now) else { return }
        // What is on time counts, as ever, but not from before somebody wanted it.
        let onTime = time.now.addingTimeInterval(-(Self.grace / .seconds(1)))
        let wanted = min(time.now, entry.schedule.audit.updatedAt)
        let mark = max(onTime, wanted, entry.schedule.forgottenThrough ?? .distantPast)
        try await store.setBack(id, to: mark)
        entries[id]?.schedule.mark = mark
        entries[id]?.next = entry.timing.next(after: mark)
        logger.warning(
            "clock was put back", ["scheduleId": .string(id.text)])
    }

    /// Notes the ticks up to now, with what is to become of them.
    private func noteDue(_ id: ScheduleID) async throws(ControlPlaneError) {
        let now = time.now
        guard let entry = entries[id], let next = entry.next, next <= now else { return }
        let due = entry.timing.due(
            after: entry.schedule.mark, at: now, grace: Self.grace, entry.schedule.spec.catchUpRule)
        guard let mark = due.mark else { return }
        var ticks = due.now.map { time in
            var tick = ScheduleTick(
                schedule: id, time: time, id: Self.newID(), outcome: .starting, decidedAt: now)
            tick.isSuite = entry.schedule.spec.suiteId != nil
            return tick
        }
        if let missed = due.missed {
            var tick = ScheduleTick(
                schedule: id, time: missed.last, id: Self.newID(), outcome: .missed,
                decidedAt: now)
            tick.count = missed.count
            tick.detail = "nobody was there for it in time"
            ticks.append(tick)
        }
        let noted = try await store.note(
            ticks, of: id, version: entry.schedule.version, mark: mark)
        guard let noted else {
            // Somebody has changed it: as it was, it has no ticks any more.
            entries[id] = nil
            return noteChange(of: id)
        }
        if !noted.isEmpty { CrashPoint.tickClaimed.reach() }
        entries[id]?.schedule.mark = mark
        entries[id]?.next = entry.timing.next(after: mark)
        entries[id]?.open += noted.filter(\.outcome.isOpen).sorted { $0.time < $1.time }
    }

    private static func newID() -> String { UUID().uuidString.lowercased() }
}

// MARK: One tick

extension Scheduler {
    private func carryOn(_ tick: ScheduleTick) async throws(ControlPlaneError) {
        guard let entry = entries[tick.schedule], let first = entry.open.first else { return }
        if try await store.isStarted(tick.id) { return try await settle(tick, .started) }
        let lateness = Duration.seconds(time.now.timeIntervalSince(tick.time))
        if tick.outcome == .starting, entry.schedule.spec.catchUp == .none, lateness > Self.grace {
            return try await settle(tick, .missed, because: "it could not be started in time")
        }
        let unfinished = try await store.unfinished(of: tick.schedule)
        // Where they wait, the first is first.
        guard let previous = unfinished.first ?? (first.id == tick.id ? nil : first.id) else {
            return try await begin(tick, entry.schedule)
        }
        switch entry.schedule.spec.overlap {
        case .skip:
            try await settle(tick, .skipped, because: "\(previous) is not over")
        case .queue:
            try await wait(tick, behind: previous, in: entry)
        case .cancelPrevious:
            try await replace(unfinished, by: tick, in: entry)
        }
    }

    private func wait(_ tick: ScheduleTick, behind previous: String, in entry: Entry)
        async throws(ControlPlaneError)
    {
        guard tick.outcome == .starting else { return }
        let waiting = entry.open.filter { $0.outcome == .waiting }.count
        guard waiting < Self.waitingMax else {
            return try await settle(
                tick, .skipped, because: "\(Self.waitingMax) ticks wait already")
        }
        try await settle(tick, .waiting, because: "\(previous) is not over")
    }

    private func replace(_ unfinished: [String], by tick: ScheduleTick, in entry: Entry)
        async throws(ControlPlaneError)
    {
        if let newest = entry.open.last, newest.id != tick.id {
            return try await settle(tick, .skipped, because: "a later one came")
        }
        guard tick.outcome == .starting else { return }
        for id in unfinished { try await targets.stop(id, of: entry.schedule) }
        try await settle(
            tick, .waiting,
            because: "\(unfinished.joined(separator: ", ")) was stopped and is not over")
    }

    private func begin(_ tick: ScheduleTick, _ schedule: Schedule)
        async throws(ControlPlaneError)
    {
        var tick = tick
        tick.isSuite = schedule.spec.suiteId != nil
        do throws(ControlPlaneError) {
            try await targets.start(tick.id, for: schedule)
        } catch {
            guard !error.isPassing else { throw error }
            try await settle(tick, .refused, because: error.description, code: code(error))
            return try await disableIfGone(schedule, error)
        }
        CrashPoint.tickStarted.reach()
        try await settle(tick, .started)
    }

    private func disableIfGone(_ schedule: Schedule, _ error: ControlPlaneError)
        async throws(ControlPlaneError)
    {
        switch error {
        case .unknownLoadTest, .unknownSuite: break
        default: return
        }
        try await store.disable(
            schedule.id, version: schedule.version, because: error.description, at: time.now)
        noteChange(of: schedule.id)
        logger.warning(
            "schedule disabled",
            ["scheduleId": .string(schedule.id.text), "cause": .string(error.description)])
    }

    private func settle(
        _ tick: ScheduleTick, _ outcome: ScheduleTick.Outcome, because detail: String? = nil,
        code: String? = nil
    ) async throws(ControlPlaneError) {
        var tick = tick
        tick.outcome = outcome
        tick.detail = detail
        tick.code = code
        tick.decidedAt = time.now
        try await store.settle(tick)
        let open = entries[tick.schedule]?.open ?? []
        entries[tick.schedule]?.open = open.compactMap {
            guard $0.id == tick.id else { return $0 }
            return outcome.isOpen ? tick : nil
        }
        logger.info(
            "scheduled",
            [
                "scheduleId": .string(tick.schedule.text),
                "time": .string(Timestamp.format(tick.time)),
                "outcome": .string(outcome.rawValue), "startedId": .string(tick.id),
                "detail": .string(detail ?? ""),
            ])
    }
}
