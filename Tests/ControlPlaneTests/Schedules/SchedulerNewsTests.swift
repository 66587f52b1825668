import Foundation
import Logging
import Synchronization
import TestSupport
import Testing

@testable import ControlPlane

/// What a scheduler reads, and whom it lets go first.
struct SchedulerNewsTests {
    private let time = ManualTime(start: Date(timeIntervalSince1970: 1_798_761_600))

    private func schedule(
        _ id: String, of tenant: String = "tenant-1", _ cron: String = "0 * * * *"
    ) -> Schedule {
        .sample(id, at: time.now) { spec in
            (spec.cron, spec.timeZone, spec.tenantId) = (cron, "UTC", tenant)
            // However slow the machine is that tests it.
            spec.catchUp = .last
        }
    }

    private func process(
        _ world: SimulatedSchedules, targets: (any ScheduleTargets)? = nil
    ) -> Scheduler {
        Scheduler(
            world, targets: targets ?? world, time: time,
            logger: Logger(level: .error, sink: MemorySink())
        ) { _ in "refused" }
    }

    @Test func `starts of one tenant that take long leave places to others`() async throws {
        let slow = (0..<60).map { schedule("s\($0)") }
        let world = SimulatedSchedules(slow + [schedule("other", of: "tenant-2")])
        let targets = SlowTargets(world)
        let scheduler = process(world, targets: targets)
        let works = Task { await scheduler.run() }
        time.advance(by: .seconds(3600))
        let isStarted = await eventually(moving: time) {
            world.ticks(of: ScheduleID("other")).map(\.outcome) == [.started]
        }
        #expect(isStarted)
        // Where nobody else has anything to do, they have half of all places.
        let half = Scheduler.atOnceMax / 2
        #expect(await eventually(moving: time) { targets.begun.withLock { $0 } == half })
        // Each look would have let more of them begin.
        time.advance(by: .seconds(2))
        #expect(targets.begun.withLock { $0 } == half)
        works.cancel()
        targets.release()
        await works.value
    }

    @Test func `there is no hurry where all that is left out waits for what is not over`() async {
        let schedules = (0..<60).map { index in
            Schedule.sample("s\(index)", at: time.now) { spec in
                (spec.cron, spec.timeZone, spec.overlap) = ("0 * * * *", "UTC", .queue)
            }
        }
        let world = SimulatedSchedules(schedules)
        world.state.withLock { $0.endsAtOnce = false }
        let scheduler = process(world)
        for _ in 0..<2 {
            time.advance(by: .seconds(3600))
            await scheduler.look()
        }
        #expect(await scheduler.takeDue().count < schedules.count)
        #expect(await scheduler.pause() == Scheduler.lookInterval)
        time.advance(by: .seconds(3600))
        #expect(await scheduler.takeDue().isEmpty)
        #expect(await scheduler.pause() < Scheduler.lookInterval)
    }

    @Test func `only what was changed is read again`() async {
        let world = SimulatedSchedules([schedule("a"), schedule("b")])
        let scheduler = process(world)
        await scheduler.look()
        world.state.withLock { state in
            for id in [ScheduleID("a"), ScheduleID("b")] {
                state.schedules[id]?.spec.cron = "30 * * * *"
                state.schedules[id]?.version += 1
            }
        }
        await scheduler.noteChange(of: ScheduleID("a"))
        time.advance(by: .seconds(1801))
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).map(\.outcome) == [.started])
        #expect(world.ticks(of: ScheduleID("b")).isEmpty)
        #expect(world.state.withLock { $0.fullReads } == 1)
    }

    @Test func `one that is changed while it is worked on is read behind that`() async throws {
        let world = SimulatedSchedules([schedule("a")])
        let targets = SlowTargets(world)
        let scheduler = process(world, targets: targets)
        await scheduler.look()
        time.advance(by: .seconds(3600))
        let first = Task { await scheduler.look() }
        #expect(await eventually { targets.begun.withLock { $0 } == 1 })
        world.state.withLock { state in
            state.schedules[ScheduleID("a")]?.spec.cron = "30 * * * *"
            state.schedules[ScheduleID("a")]?.version += 1
        }
        await scheduler.noteChange(of: ScheduleID("a"))
        await scheduler.look()
        targets.release()
        await first.value
        time.advance(by: .seconds(1801))
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).map(\.outcome) == [.started, .started])
    }

    @Test func `a tick that was noted by a write that seemed to fail is carried on`() async {
        let world = SimulatedSchedules([schedule("a")])
        let scheduler = process(world)
        await scheduler.look()
        time.advance(by: .seconds(3600))
        world.state.withLock { ($0.callsLeft, $0.diesBehind) = (0, true) }
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).map(\.outcome) == [.starting])
        world.revive()
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).map(\.outcome) == [.started])
    }

    @Test func `one that cannot be read keeps no other from being read`() async {
        let unreadable = (0..<20).map { schedule("u\($0)") }
        let world = SimulatedSchedules(unreadable + [schedule("a")])
        let scheduler = process(world)
        await scheduler.look()
        world.state.withLock { state in
            state.unreadable = Set(unreadable.map(\.id))
            state.schedules[ScheduleID("a")]?.spec.cron = "30 * * * *"
            state.schedules[ScheduleID("a")]?.version += 1
        }
        for schedule in unreadable { await scheduler.noteChange(of: schedule.id) }
        await scheduler.noteChange(of: ScheduleID("a"))
        time.advance(by: .seconds(1801))
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).map(\.outcome) == [.started])
    }

    @Test func `a mark that was rounded up is no clock that was put back`() async {
        var rounded = schedule("a", "* * * * *")
        rounded.mark = time.now.addingTimeInterval(0.0004)
        let world = SimulatedSchedules([rounded])
        await process(world).look()
        #expect(world.ticks(of: rounded.id).isEmpty)
        #expect(world.state.withLock { $0.schedules[rounded.id]?.mark } == rounded.mark)
    }

    @Test func `a clock that is put back brings no tick from before the schedule`() async {
        time.advance(by: .seconds(30))
        let world = SimulatedSchedules([schedule("a", "* * * * *")])
        time.jumpCalendar(by: -5)
        let scheduler = process(world)
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).isEmpty)
        time.advance(by: .seconds(36))
        await scheduler.look()
        #expect(world.ticks(of: ScheduleID("a")).map(\.outcome) == [.started])
    }
}

/// Starts of `tenant-1` that wait until they are released.
private final class SlowTargets: ScheduleTargets {
    let begun = Mutex(0)
    private let world: SimulatedSchedules
    private let isReleased = Mutex(false)

    init(_ world: SimulatedSchedules) { self.world = world }

    func release() { isReleased.withLock { $0 = true } }

    func start(_ id: String, for schedule: Schedule) async throws(ControlPlaneError) {
        if schedule.spec.tenantId == "tenant-1" {
            begun.withLock { $0 += 1 }
            _ = await eventually { isReleased.withLock { $0 } }
        }
        try world.start(id, for: schedule)
    }

    func stop(_ id: String, of schedule: Schedule) async throws(ControlPlaneError) {
        try world.stop(id, of: schedule)
    }
}
