import Foundation
import Testing

@testable import Schedules

struct TimingTests {
    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    private func hourly(_ start: String? = nil, _ end: String? = nil) throws -> Timing {
        Timing(
            .cron(try CronExpression("0 * * * *"), .gmt), startsAt: try start.map(date),
            endsAt: try end.map(date))
    }

    @Test func `the start is a tick and the end is none`() throws {
        let timing = try hourly("2027-01-01T10:00:00Z", "2027-01-01T12:00:00Z")
        #expect(
            timing.nextTimes(5, after: try date("2026-01-01T00:00:00Z"))
                == [try date("2027-01-01T10:00:00Z"), try date("2027-01-01T11:00:00Z")])
        #expect(timing.next(after: try date("2027-01-01T11:00:00Z")) == nil)
    }

    @Test func `what happens once has one tick`() throws {
        let moment = Date(timeIntervalSince1970: 1_800_000_000.25)
        let timing = Timing(.once(moment))
        #expect(timing.nextTimes(5, after: moment.addingTimeInterval(-9)) == [moment])
        #expect(timing.next(after: moment) == nil)
    }

    @Test func `the last tick is found near and far`() throws {
        let timing = try hourly()
        let end = try date("2027-01-01T12:30:00Z")
        #expect(
            timing.last(after: .distantPast, through: end) == (try date("2027-01-01T12:00:00Z")))
        #expect(timing.last(after: try date("2027-01-01T12:00:00Z"), through: end) == nil)
        let leap = Timing(.cron(try CronExpression("0 0 29 2 *"), .gmt))
        #expect(
            leap.last(after: try date("1990-01-01T00:00:00Z"), through: end)
                == (try date("2024-02-29T00:00:00Z")))
    }

    private let grace = Duration.seconds(60)

    @Test func `a tick on time is for now, whatever the policy`() throws {
        let (mark, now) = (try date("2027-01-01T11:00:00Z"), try date("2027-01-01T12:00:59Z"))
        for policy in [CatchUp.none, .last, .all(max: 9, within: .seconds(900))] {
            let due = try hourly().due(after: mark, at: now, grace: grace, policy)
            #expect(due.now == [try date("2027-01-01T12:00:00Z")])
            #expect(due.missed == nil)
            #expect(due.mark == due.now.last)
        }
    }

    @Test func `nothing is due before its time, or behind a clock that was put back`() throws {
        let mark = try date("2027-01-01T12:00:00Z")
        for now in ["2027-01-01T12:59:59Z", "2027-01-01T10:00:00Z"] {
            let due = try hourly().due(after: mark, at: try date(now), grace: grace, .last)
            #expect(due == DueTicks())
        }
    }

    @Test func `ticks of a pause are passed over, or the last, or all that are young enough`()
        throws
    {
        let (mark, now) = (try date("2027-01-01T02:00:00Z"), try date("2027-01-01T12:30:00Z"))
        let noon = try date("2027-01-01T12:00:00Z")
        let none = try hourly().due(after: mark, at: now, grace: grace, .none)
        #expect(none == DueTicks(now: [], missed: .init(count: 10, last: noon), mark: noon))
        let last = try hourly().due(after: mark, at: now, grace: grace, .last)
        let eleven = try date("2027-01-01T11:00:00Z")
        #expect(last == DueTicks(now: [noon], missed: .init(count: 9, last: eleven), mark: noon))
        let some = try hourly().due(
            after: mark, at: now, grace: grace, .all(max: 9, within: .seconds(2.5 * 3600)))
        let ten = try date("2027-01-01T10:00:00Z")
        #expect(some.now == [ten, eleven, noon])
        #expect(some.missed == .init(count: 7, last: try date("2027-01-01T09:00:00Z")))
        let few = try hourly().due(
            after: mark, at: now, grace: grace, .all(max: 2, within: .seconds(86_400)))
        #expect(few.now == [eleven, noon])
        let all = try hourly().due(
            after: mark, at: now, grace: grace, .all(max: 100, within: .seconds(86_400)))
        #expect(all.now.count == 10)
        #expect(all.missed == nil)
    }

    @Test func `the last of a pause is not caught up beside one that is on time`() throws {
        let due = try hourly().due(
            after: try date("2027-01-01T02:00:00Z"), at: try date("2027-01-01T12:00:10Z"),
            grace: grace, .last)
        #expect(due.now == [try date("2027-01-01T12:00:00Z")])
        #expect(due.missed == .init(count: 9, last: try date("2027-01-01T11:00:00Z")))
    }

    @Test func `a clock that is put forward by years makes no storm`() throws {
        let timing = Timing(.cron(try CronExpression("* * * * *"), .gmt))
        let (mark, now) = (try date("2027-01-01T00:00:00Z"), try date("2037-01-01T00:00:30Z"))
        for policy in [CatchUp.none, .last] {
            let due = timing.due(after: mark, at: now, grace: grace, policy)
            #expect(due.now == [try date("2037-01-01T00:00:00Z")])
            #expect(due.missed?.count == DueTicks.Missed.countMax)
            #expect(due.missed?.last == (try date("2036-12-31T23:59:00Z")))
        }
        let due = timing.due(
            after: mark, at: now, grace: grace,
            .all(max: CatchUp.countMax, within: CatchUp.withinMax))
        #expect(due.now.count == CatchUp.countMax + 1)
    }
}
