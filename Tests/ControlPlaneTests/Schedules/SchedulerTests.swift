import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane

struct SchedulerTests {
    private let time = ManualTime(start: Date(timeIntervalSince1970: 1_798_761_600))

    private func world(_ change: (inout ScheduleSpec) -> Void = { _ in }) -> SimulatedSchedules {
        SimulatedSchedules([
            .sample("s", at: time.now) { spec in
                (spec.cron, spec.timeZone) = ("0 * * * *", "UTC")
                change(&spec)
            }
        ])
    }

    private func process(_ world: SimulatedSchedules) -> Scheduler {
        Scheduler(
            world, targets: world, time: time, logger: Logger(level: .error, sink: MemorySink())
        ) { _ in "refused" }
    }

    private func outcomes(_ world: SimulatedSchedules) -> [ScheduleTick.Outcome] {
        world.ticks(of: ScheduleID("s")).map(\.outcome)
    }

    private func nextHour(_ scheduler: Scheduler) async {
        time.advance(by: .seconds(3600))
        await scheduler.look()
    }

    @Test func `a tick is passed over while an earlier one is not over`() async {
        let world = world()
        world.state.withLock { $0.endsAtOnce = false }
        let scheduler = process(world)
        await nextHour(scheduler)
        await nextHour(scheduler)
        #expect(outcomes(world) == [.started, .skipped])
        let detail = world.ticks(of: ScheduleID("s")).last?.detail
        #expect(detail?.hasSuffix("is not over") == true)
        world.endAll()
        await nextHour(scheduler)
        #expect(outcomes(world) == [.started, .skipped, .started])
    }

    @Test func `ticks that queue begin one behind the other, also in the next process`() async {
        let world = world { $0.overlap = .queue }
        world.state.withLock { $0.endsAtOnce = false }
        let scheduler = process(world)
        for _ in 0..<3 { await nextHour(scheduler) }
        #expect(outcomes(world) == [.started, .waiting, .waiting])
        let next = process(world)
        await next.look()
        #expect(outcomes(world) == [.started, .waiting, .waiting])
        world.endAll()
        await next.look()
        #expect(outcomes(world) == [.started, .started, .waiting])
        await next.look()
        #expect(outcomes(world) == [.started, .started, .waiting])
        world.endAll()
        await next.look()
        #expect(outcomes(world) == [.started, .started, .started])
    }

    @Test func `only so many ticks queue`() async {
        let world = world { $0.overlap = .queue }
        world.state.withLock { $0.endsAtOnce = false }
        let scheduler = process(world)
        for _ in 0..<Scheduler.waitingMax + 2 { await nextHour(scheduler) }
        #expect(outcomes(world).filter { $0 == .waiting }.count == Scheduler.waitingMax)
        #expect(outcomes(world).last == .skipped)
    }

    @Test func `a tick that cancels waits for the end of what it stops, and the newest wins`() async
    {
        let world = world { $0.overlap = .cancelPrevious }
        world.state.withLock { $0.endsAtOnce = false }
        let scheduler = process(world)
        await nextHour(scheduler)
        let first = world.state.withLock { Array($0.works.keys) }
        await nextHour(scheduler)
        #expect(world.state.withLock { $0.stops } == first)
        #expect(outcomes(world) == [.started, .waiting])
        await nextHour(scheduler)
        #expect(outcomes(world) == [.started, .skipped, .waiting])
        world.endAll()
        await scheduler.look()
        #expect(outcomes(world) == [.started, .skipped, .started])
    }

    @Test func `what refuses a start is told with its tick, and the next tick is tried`() async {
        let world = world()
        let frozen = ControlPlaneError.tooManyAwaiting(max: 1)
        world.state.withLock { $0.refusal = frozen }
        let scheduler = process(world)
        await nextHour(scheduler)
        let tick = world.ticks(of: ScheduleID("s")).first
        #expect(tick?.outcome == .refused)
        #expect(tick?.detail == frozen.description)
        #expect(tick?.code == "refused")
        world.state.withLock { $0.refusal = nil }
        await nextHour(scheduler)
        #expect(outcomes(world) == [.refused, .started])
    }

    @Test func `a schedule whose load test is gone is disabled`() async {
        let world = world()
        world.state.withLock { $0.refusal = .unknownLoadTest(LoadTestID("load-test-1")) }
        let scheduler = process(world)
        await nextHour(scheduler)
        await nextHour(scheduler)
        #expect(outcomes(world) == [.refused])
        let schedule = world.state.withLock { $0.schedules[ScheduleID("s")] }
        #expect(schedule?.spec.isEnabled == false)
        #expect(schedule?.disabledBecause == "there is no load test load-test-1")
    }

    @Test func `a service that is not ready is asked again`() async {
        let world = world()
        world.state.withLock { $0.refusal = .startingUp }
        let scheduler = process(world)
        await nextHour(scheduler)
        #expect(outcomes(world) == [.starting])
        world.state.withLock { $0.refusal = nil }
        await scheduler.look()
        #expect(outcomes(world) == [.started])
    }

    @Test func `a tick that cannot be started in time is missed, unless it may be late`() async {
        for policy in [ScheduleSpec.CatchUpPolicy.none, .last] {
            let world = world { $0.catchUp = policy }
            world.state.withLock { $0.refusal = .startingUp }
            let scheduler = process(world)
            await nextHour(scheduler)
            time.advance(by: .seconds(61))
            world.state.withLock { $0.refusal = nil }
            await scheduler.look()
            #expect(outcomes(world) == [policy == .none ? .missed : .started])
        }
    }

    @Test func `a schedule that is disabled, changed or deleted meanwhile starts nothing`() async {
        for change in 0..<3 {
            let world = world()
            let scheduler = process(world)
            await scheduler.look()
            world.state.withLock { state in
                switch change {
                case 0: state.schedules[ScheduleID("s")]?.spec.isEnabled = false
                case 1:
                    state.schedules[ScheduleID("s")]?.version += 1
                    state.schedules[ScheduleID("s")]?.spec.cron = "30 * * * *"
                    state.schedules[ScheduleID("s")]?.mark = time.now
                default: state.schedules[ScheduleID("s")] = nil
                }
            }
            await nextHour(scheduler)
            await scheduler.look()
            let mark = world.state.withLock { $0.starts.map(\.tick) }
            #expect(change == 1 ? mark.count <= 1 : mark.isEmpty)
        }
    }

    @Test func `a tick that waits ends with a schedule that is disabled`() async {
        let world = world { $0.overlap = .queue }
        world.state.withLock { $0.endsAtOnce = false }
        let scheduler = process(world)
        await nextHour(scheduler)
        await nextHour(scheduler)
        world.state.withLock { $0.schedules[ScheduleID("s")]?.spec.isEnabled = false }
        await scheduler.noteChange(of: ScheduleID("s"))
        await scheduler.look()
        #expect(outcomes(world) == [.started, .skipped])
    }

    @Test(arguments: [false, true])
    func `ticks that are not known any more do not come again`(inNextProcess: Bool) async {
        let world = world()
        let scheduler = process(world)
        for _ in 0..<3 { await nextHour(scheduler) }
        let forgotten = time.now
        world.state.withLock { state in
            state.ticks = [:]
            state.schedules[ScheduleID("s")]?.forgottenThrough = forgotten
        }
        time.jumpCalendar(by: -2 * 3600)
        let next = inNextProcess ? process(world) : scheduler
        await next.look()
        await nextHour(next)
        #expect(outcomes(world) == [])
        await nextHour(next)
        await nextHour(next)
        #expect(outcomes(world) == [.started])
    }
}
