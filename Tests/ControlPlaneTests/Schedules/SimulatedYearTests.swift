import Foundation
import Logging
import TestSupport
import Testing

@testable import ControlPlane

/// A year of several schedules, with a service that is killed, stopped for days and started again,
/// and clocks that are put forward and back, held against an oracle that knows only the calendar.
struct SimulatedYearTests {
    static let start = 1_798_761_600  // 2027-01-01T00:00Z
    static let days = 365

    private static let plans: [(cron: String, zone: String, ScheduleSpec.CatchUpPolicy)] = [
        ("*/15 * * * *", "UTC", .none), ("30 2 * * *", "Europe/Berlin", .none),
        ("0 9 * * 1-5", "America/New_York", .last), ("0 * * * *", "Asia/Kathmandu", .all),
        ("0 0 1 * *", "Pacific/Auckland", .last), ("45 23 L * *", "UTC", .all),
        ("*/30 2 * * *", "Europe/Berlin", .last), ("0 0 13 * 5", "America/Havana", .none),
        ("5 0,12 * 3-10 *", "Australia/Lord_Howe", .all),
    ]

    static let catchUpMax = 3
    static let catchUpSeconds = 6 * 3600.0

    @Test(arguments: [1, 2])
    func `each tick on time happens once, and late ones by the policy`(seed: UInt64) async throws {
        let year = try Year(seed: seed, Self.plans)
        try await year.play()
        #expect(year.looks > 10_000)
        #expect(year.deaths > 100 && year.lateStarts > 10)
    }
}

/// The year as it goes by.
private final class Year {
    /// One schedule, and what the oracle says of it.
    private struct Plan {
        let id: ScheduleID
        let policy: ScheduleSpec.CatchUpPolicy
        let ticks: [Int]
    }

    private let time: ManualTime
    private let world: SimulatedSchedules
    private let plans: [Plan]
    private let allTicks: [Int]
    private var scheduler: Scheduler
    private var random: SeededGenerator
    /// The calendar's last look, and the latest time that it ever showed.
    private var lastLook: Int
    private var furthest: Int
    private var startsSeen = 0
    private(set) var looks = 0
    private(set) var deaths = 0
    private(set) var lateStarts = 0

    init(
        seed: UInt64, _ given: [(cron: String, zone: String, ScheduleSpec.CatchUpPolicy)]
    ) throws {
        let start = SimulatedYearTests.start
        let time = ManualTime(start: Date(timeIntervalSince1970: Double(start)))
        random = SeededGenerator(seed: seed)
        var schedules: [Schedule] = []
        var plans: [Plan] = []
        for (index, (cron, zone, policy)) in given.enumerated() {
            let schedule = Schedule.sample("s\(index)", at: time.now) { spec in
                (spec.cron, spec.timeZone, spec.catchUp) = (cron, zone, policy)
                spec.catchUpMax = SimulatedYearTests.catchUpMax
                spec.catchUpSeconds = SimulatedYearTests.catchUpSeconds
            }
            schedules.append(schedule)
            let ticks = CronOracle(cron).ticks(
                from: start, through: start + (SimulatedYearTests.days + 10) * 86_400,
                in: try #require(TimeZone(identifier: zone)))
            plans.append(Plan(id: schedule.id, policy: policy, ticks: ticks))
        }
        self.time = time
        self.plans = plans
        allTicks = Set(plans.flatMap(\.ticks)).sorted()
        world = SimulatedSchedules(schedules)
        scheduler = Self.process(world, time)
        (lastLook, furthest) = (start, start)
    }

    private static func process(_ world: SimulatedSchedules, _ time: ManualTime) -> Scheduler {
        Scheduler(
            world, targets: world, time: time, logger: Logger(level: .error, sink: MemorySink())
        ) { _ in "refused" }
    }

    private var now: Int { Int(time.now.timeIntervalSince1970.rounded(.down)) }

    func play() async throws {
        let end = SimulatedYearTests.start + SimulatedYearTests.days * 86_400
        while now < end {
            guard let next = allTicks.first(after: now) else { break }
            let late = Int.random(in: 0..<20, using: &random)
            time.advance(by: .seconds(next - now + late))
            await disturb()
            try await look()
            // It computes for long: others wait for an answer within a time.
            await Task.yield()
        }
        let starts = world.state.withLock { state in
            state.starts.map { "\($0.schedule) \($0.tick)" }
        }
        #expect(Set(starts).count == starts.count, "none happens twice")
    }

    /// What may happen to a service, seldom.
    private func disturb() async {
        switch Int.random(in: 0..<400, using: &random) {
        case 0..<8:
            // Killed at some call, and back at once.
            world.state.withLock { state in
                state.callsLeft = Int.random(in: 0..<9, using: &random)
                state.diesBehind = Bool.random(using: &random)
            }
            await scheduler.look()
            world.revive()
            deaths += 1
            scheduler = Self.process(world, time)
            time.advance(by: .seconds(Int.random(in: 0..<20, using: &random)))
        case 8:
            time.advance(by: .seconds(Int.random(in: 60..<3 * 86_400, using: &random)))
            scheduler = Self.process(world, time)
        case 9:
            time.jumpCalendar(by: Double(Int.random(in: 30..<2 * 86_400, using: &random)))
        case 10, 11:
            time.jumpCalendar(by: -Double(Int.random(in: 1..<86_400, using: &random)))
        case 12..<16:
            scheduler = Self.process(world, time)
        default: break
        }
    }

    private func look() async throws {
        await scheduler.look()
        looks += 1
        let started = world.state.withLock { Array($0.starts[startsSeen...]) }
        startsSeen += started.count
        for plan in plans { check(plan, started) }
        furthest = max(furthest, now)
        lastLook = now
    }

    /// Holds what was started since the look before against what the oracle says.
    private func check(_ plan: Plan, _ started: [(schedule: ScheduleID, tick: Date)]) {
        let own = started.filter { $0.schedule == plan.id }.map { Int($0.tick.seconds) }
        for tick in own {
            #expect(plan.ticks.between(tick - 1, tick) == [tick], "\(tick) is no tick")
        }
        let onTime = plan.ticks.between(max(now - 60, SimulatedYearTests.start), now)
        for tick in onTime {
            let outcome = world.state.withLock {
                $0.ticks[plan.id]?[Date(timeIntervalSince1970: Double(tick))]?.outcome
            }
            #expect(outcome == .started, "\(plan.id) has lost its tick \(tick) at \(now)")
        }
        let late = own.filter { $0 <= now - 60 }
        lateStarts += late.count
        // Where the calendar has been before, some ticks have happened already.
        let isNew = lastLook >= furthest
        let passed = plan.ticks.between(lastLook, now - 60)
        switch plan.policy {
        case .none: #expect(late.isEmpty, "\(plan.id)")
        case .last:
            #expect(late.count <= 1)
            let expected = onTime.isEmpty ? Array(passed.suffix(1)) : []
            if isNew { #expect(late == expected, "\(plan.id)") }
        case .all:
            #expect(late.count <= SimulatedYearTests.catchUpMax)
            let young = passed.filter { $0 >= now - Int(SimulatedYearTests.catchUpSeconds) }
            let expected = Array(young.suffix(SimulatedYearTests.catchUpMax))
            if isNew { #expect(late == expected, "\(plan.id)") }
        }
    }
}

extension Date {
    fileprivate var seconds: Double { timeIntervalSince1970 }
}

extension [Int] {
    /// Of a sorted list.
    fileprivate func first(after number: Int) -> Int? {
        let index = firstIndex(beyond: number)
        return index < count ? self[index] : nil
    }

    /// Those above `low` and up to `high`.
    fileprivate func between(_ low: Int, _ high: Int) -> [Int] {
        guard low < high else { return [] }
        return Array(self[firstIndex(beyond: low)..<firstIndex(beyond: high)])
    }

    private func firstIndex(beyond number: Int) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > number { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
