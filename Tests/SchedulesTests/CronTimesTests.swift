import Foundation
import TestSupport
import Testing

@testable import Schedules

struct CronTimesTests {
    private func times(
        _ text: String, _ zone: String, after start: String, _ count: Int
    ) throws -> [String] {
        let timing = Timing(
            .cron(try CronExpression(text), try #require(TimeZoneName.zone(zone))))
        return timing.nextTimes(count, after: try date(start)).map { $0.formatted(.iso8601) }
    }

    private func date(_ text: String) throws -> Date { try Date(text, strategy: .iso8601) }

    @Test func `both day fields are either day, and a star makes them both`() throws {
        // 2026-11-13 is a Friday.
        #expect(
            try times("0 0 13 * FRI", "UTC", after: "2026-11-07T00:00:00Z", 3) == [
                "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z", "2026-11-27T00:00:00Z",
            ])
        #expect(
            try times("0 0 1 * FRI", "UTC", after: "2026-11-27T00:00:00Z", 2)
                == ["2026-12-01T00:00:00Z", "2026-12-04T00:00:00Z"])
        #expect(
            try times("0 0 */2 * FRI", "UTC", after: "2026-11-14T00:00:00Z", 2)
                == ["2026-11-27T00:00:00Z", "2026-12-11T00:00:00Z"])
    }

    @Test func `L is the last day of each month`() throws {
        #expect(
            try times("0 6 L * *", "UTC", after: "2028-01-15T00:00:00Z", 3) == [
                "2028-01-31T06:00:00Z", "2028-02-29T06:00:00Z", "2028-03-31T06:00:00Z",
            ])
        #expect(
            try times("0 6 1,L FEB *", "UTC", after: "2026-01-15T00:00:00Z", 2)
                == ["2026-02-01T06:00:00Z", "2026-02-28T06:00:00Z"])
    }

    @Test func `a leap day is found over a century without one, also on one day of the week`()
        throws
    {
        #expect(
            try times("0 0 29 2 *", "UTC", after: "2096-03-01T00:00:00Z", 1)
                == ["2104-02-29T00:00:00Z"])
        #expect(
            try times("0 0 29 FEB */6", "UTC", after: "2088-03-01T00:00:00Z", 1).count == 1)
    }

    @Test func `a time that clocks pass over is met once, when they are put forward`() throws {
        // At 2027-03-28T01:00Z clocks in Berlin go from 02:00 to 03:00.
        #expect(
            try times("30 2 * * *", "Europe/Berlin", after: "2027-03-27T00:00:00Z", 3) == [
                "2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z",
            ])
        // Several of them, and the hour in which they end, are one.
        #expect(
            try times("0,30 2,3 * * *", "Europe/Berlin", after: "2027-03-28T00:00:00Z", 3) == [
                "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z", "2027-03-29T00:00:00Z",
            ])
    }

    @Test func `a time that clocks show twice is met once, when they show it first`() throws {
        // At 2027-10-31T01:00Z clocks in Berlin go from 03:00 to 02:00.
        #expect(
            try times("30 2 * * *", "Europe/Berlin", after: "2027-10-30T12:00:00Z", 2)
                == ["2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z"])
    }

    @Test func `a star in minute or hour goes by what clocks show`() throws {
        #expect(
            try times("*/30 * * * *", "Europe/Berlin", after: "2027-03-28T00:15:00Z", 3) == [
                "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:30:00Z",
            ])
        #expect(
            try times("30 * * * *", "Europe/Berlin", after: "2027-10-31T00:15:00Z", 3) == [
                "2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "2027-10-31T02:30:00Z",
            ])
        // No clock shows the third hour of that day; in autumn it comes twice.
        #expect(
            try times("*/30 2 * * *", "Europe/Berlin", after: "2027-03-28T00:15:00Z", 1)
                == ["2027-03-29T00:00:00Z"])
        #expect(
            try times("*/30 2 * * *", "Europe/Berlin", after: "2027-10-30T12:00:00Z", 4) == [
                "2027-10-31T00:00:00Z", "2027-10-31T00:30:00Z", "2027-10-31T01:00:00Z",
                "2027-10-31T01:30:00Z",
            ])
    }

    @Test func `a day that a place skips has its times when the next one begins`() throws {
        // Samoa had no 30 December 2011.
        #expect(
            try times("0 12 * * *", "Pacific/Apia", after: "2011-12-29T00:00:00Z", 3) == [
                "2011-12-29T22:00:00Z", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z",
            ])
    }

    /// In Lord Howe clocks are put by half an hour, in Havana and Beirut at midnight.
    @Test(arguments: [
        "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Havana",
        "Asia/Beirut", "Asia/Kathmandu", "America/St_Johns",
    ])
    func `a year of ticks is what a clock on the wall shows`(name: String) async throws {
        let zone = try #require(TimeZoneName.zone(name))
        var random = SeededGenerator(seed: 11)
        var texts = [
            "30 2 * * *", "0 0 * * *", "15,45 0-3 * * *", "*/15 * * * *", "0 0 L * *",
            "*/20 0,2 * * 0", "59 23 * * *", "0 1-2 */3 * 0-3", "30 * 1 * 0",
        ]
        for _ in 0..<4 {
            let text = CronSample.text(&random)
            if (try? CronExpression(text)) != nil { texts.append(text) }
        }
        // Around both changes of 2027 in all of these places.
        for start in [1_804_000_000 / 900 * 900, 1_822_000_000 / 900 * 900] {
            let end = start + 70 * 86_400
            for text in texts {
                let expected = CronOracle(text).ticks(from: start, through: end, in: zone)
                let timing = Timing(.cron(try CronExpression(text), zone))
                let ticks = timing.times(
                    after: Date(timeIntervalSince1970: Double(start - 1)),
                    through: Date(timeIntervalSince1970: Double(end)), max: .max)
                #expect(ticks.map { Int($0.timeIntervalSince1970) } == expected, "\(text)")
                // It computes for long: others wait for an answer within a time.
                await Task.yield()
            }
        }
    }

    @Test func `names of the database are zones, and offsets and abbreviations are not`() {
        #expect(TimeZoneName.zone("Europe/Berlin") != nil)
        #expect(TimeZoneName.zone("UTC") != nil)
        for name in ["GMT+3", "CEST", "Europe/Atlantis", "", "europe/berlin", "+02:00"] {
            #expect(TimeZoneName.zone(name) == nil, "\(name)")
        }
    }
}
