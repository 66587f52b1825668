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
    /// Ticks of one schedule that wait for their turn: who has more of them has a schedule that is
    /// too dense.
    package static let waitingMax = 10
    /// No shorter pause between two looks, however close the next tick is.
    private static let pauseMin = Duration.milliseconds(5)
    /// Where more have something to be done than are worked on at once.
    private static let crowdedPause = Duration.milliseconds(100)

    fileprivate struct Entry {
        var schedule: Schedule
        let timing: Timing
        var next: Date?
        /// Oldest first.
        var open: [ScheduleTick] = []
        /// When it was worked on last, in turns of all.
        var turn = 0
    }

    private let store: any ScheduleStore
    private let targets: any ScheduleTargets
    private let time: any TimeSource
    private let logger: Logger
    private let executor: SupervisionExecutor
    /// What a caller would be answered for an error.
    private let code: @Sendable (ControlPlaneError) -> String
    private var entries: [ScheduleID: Entry] = [:]
    /// Those that somebody works on just now.
    private var busy: Set<ScheduleID> = []
    private var turns = 0
    private var isCrowded = false
    /// Grows with each change by somebody; what was read before one is read again.
    private var changes = 1
    private var changesRead = 0

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

    /// To be told behind each change of what is stored.
    package func noteChange() { changes += 1 }

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
        for id in await takeDue() { await work(on: id) }
    }

    private func pause() -> Duration {
        if isCrowded { return Self.crowdedPause }
        let next = entries.lazy.filter { !self.busy.contains($0.key) }.compactMap(\.value.next)
            .min()
        guard let next else { return Self.lookInterval }
        let left = Duration.seconds(next.timeIntervalSince(time.now))
        return max(Self.pauseMin, min(left, Self.lookInterval))
    }

    /// Those that have something to be done now; they count as busy from here on.
    private func takeDue() async -> [ScheduleID] {
        await readIfChanged()
        let now = time.now
        let due = entries.filter { id, entry in
            guard !busy.contains(id) else { return false }
            if !entry.open.isEmpty || entry.isAhead(of: now) { return true }
            return entry.next.map { $0 <= now } ?? false
        }
        // Who was not worked on for long is first, so that none waits for ever.
        let first = due.sorted { ($0.value.turn, $0.value.place) < ($1.value.turn, $1.value.place) }
            .prefix(Self.atOnceMax - busy.count).map(\.key)
        isCrowded = first.count < due.count
        turns += 1
        for id in first { entries[id]?.turn = turns }
        busy.formUnion(first)
        return first
    }
}

// MARK: What is stored

extension Scheduler {
    private func readIfChanged() async {
        guard changesRead != changes else { return }
        let read = changes
        do throws(ControlPlaneError) {
            let enabled = try await store.enabledSchedules()
            let open = Dictionary(grouping: try await store.openTicks(), by: \.schedule)
            let known = Set(enabled.map(\.id)).union(busy)
            for (id, ticks) in open where !known.contains(id) {
                for tick in ticks { try await drop(tick) }
            }
            var found: [ScheduleID: Entry] = [:]
            for schedule in enabled {
                guard let timing = schedule.spec.timing else {
                    logger.error(
                        "schedule not readable", ["scheduleId": .string(schedule.id.text)])
                    continue
                }
                found[schedule.id] = Entry(
                    schedule: schedule, timing: timing, next: timing.next(after: schedule.mark),
                    open: open[schedule.id] ?? [])
            }
            // Who works on one knows better; it is read again behind that.
            let isInWork = !busy.isEmpty
            for id in busy { found[id] = entries[id] }
            entries = found
            changesRead = isInWork ? read - 1 : read
        } catch {
            logger.error("schedules not read", ["cause": .string("\(error)")])
        }
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
        defer { busy.remove(id) }
        do throws(ControlPlaneError) {
            try await followClock(id)
            try await noteDue(id)
            for tick in entries[id]?.open ?? [] { try await carryOn(tick) }
        } catch {
            // What is noted is found again with the next look.
            guard !error.isOfStartOrEnd else { return }
            logger.error(
                "schedule not followed",
                ["scheduleId": .string(id.text), "cause": .string("\(error)")])
        }
    }

    /// A clock that was put back has its ticks to come again: those that have happened are noted,
    /// and do not happen twice.
    private func followClock(_ id: ScheduleID) async throws(ControlPlaneError) {
        guard let entry = entries[id], entry.isAhead(of: time.now) else { return }
        // What is on time counts, as ever.
        let onTime = time.now.addingTimeInterval(-(Self.grace / .seconds(1)))
        let mark = max(onTime, entry.schedule.forgottenThrough ?? .distantPast)
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
            return noteChange()
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
        noteChange()
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

extension Scheduler.Entry {
    /// Whether its ticks are dealt with up to a time that has not come (again).
    fileprivate func isAhead(of now: Date) -> Bool {
        now < schedule.mark && schedule.forgottenThrough ?? .distantPast < schedule.mark
    }

    /// For what is due first.
    fileprivate var place: Date { open.first?.time ?? next ?? .distantFuture }
}
