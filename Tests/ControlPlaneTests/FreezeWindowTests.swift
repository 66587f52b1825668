import Foundation
import TestSupport
import Testing

@testable import ControlPlane

struct FreezeWindowTests {
    private static func date(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    private static func weekly(
        _ days: [WeeklyTimes.Day], _ from: String, _ to: String, _ zone: String
    ) throws -> WeeklyTimes {
        func minutes(_ text: String) -> Int {
            let parts = text.split(separator: ":").compactMap { Int($0) }
            return parts[0] * 60 + parts[1]
        }
        return WeeklyTimes(
            days: Set(days), from: minutes(from), to: minutes(to),
            timeZone: try #require(TimeZone(identifier: zone)))
    }

    @Test func `a window that comes once has its first moment and not its last`() throws {
        let (from, to) = (
            try Self.date("2026-12-20T00:00:00Z"), try Self.date("2027-01-02T00:00:00Z")
        )
        let window = FreezeWindow(name: "year end", times: .once(from: from, to: to))
        #expect(window.end(at: from.addingTimeInterval(-0.001)) == nil)
        #expect(window.end(at: from) == to)
        #expect(window.end(at: to.addingTimeInterval(-0.001)) == to)
        #expect(window.end(at: to) == nil)
    }

    @Test(
        arguments: [
            // In winter Berlin is an hour ahead of UTC, in summer two.
            ("2026-01-05T07:59:59Z", nil), ("2026-01-05T08:00:00Z", "2026-01-05T16:30:00Z"),
            ("2026-01-05T16:29:59Z", "2026-01-05T16:30:00Z"), ("2026-01-05T16:30:00Z", nil),
            ("2026-07-06T06:59:59Z", nil), ("2026-07-06T07:00:00Z", "2026-07-06T15:30:00Z"),
            ("2026-07-11T08:00:00Z", nil),  // A Saturday.
        ] as [(String, String?)])
    func `working hours are those of the wall clock, in winter and in summer`(
        now: String, end: String?
    ) throws {
        let hours = try Self.weekly(
            [.mon, .tue, .wed, .thu, .fri], "09:00", "17:30", "Europe/Berlin")
        #expect(hours.end(at: try Self.date(now)) == (try end.map(Self.date)))
    }

    @Test(
        arguments: [
            ("2026-07-03T19:59:59Z", nil), ("2026-07-03T20:00:00Z", "2026-07-04T04:00:00Z"),
            ("2026-07-04T03:59:59Z", "2026-07-04T04:00:00Z"), ("2026-07-04T04:00:00Z", nil),
            ("2026-07-04T20:00:00Z", nil),
        ] as [(String, String?)])
    func `a window over midnight belongs to the day on which it begins`(now: String, end: String?)
        throws
    {
        let night = try Self.weekly([.fri], "22:00", "06:00", "Europe/Berlin")
        #expect(night.end(at: try Self.date(now)) == (try end.map(Self.date)))
    }

    /// In Berlin the clocks go from 02:00 to 03:00 on 2026-03-29 at 01:00 UTC.
    @Test(
        arguments: [
            ("02:30", "05:00", "2026-03-29T00:59:59Z", nil),
            ("02:30", "05:00", "2026-03-29T01:00:00Z", "2026-03-29T03:00:00Z"),
            ("00:30", "02:30", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"),
            ("00:30", "02:30", "2026-03-29T01:00:00Z", nil),
            ("00:00", "24:00", "2026-03-28T22:59:59Z", nil),
            ("00:00", "24:00", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
        ] as [(String, String, String, String?)])
    func `a time that clocks pass over is the moment in which they are put forward`(
        from: String, to: String, now: String, end: String?
    ) throws {
        let times = try Self.weekly([.sun], from, to, "Europe/Berlin")
        #expect(times.end(at: try Self.date(now)) == (try end.map(Self.date)))
    }

    /// In Berlin the clocks go from 03:00 back to 02:00 on 2026-10-25 at 01:00 UTC.
    @Test(
        arguments: [
            ("02:30", "05:00", "2026-10-25T00:29:59Z", nil),
            ("02:30", "05:00", "2026-10-25T00:30:00Z", "2026-10-25T04:00:00Z"),
            ("01:00", "02:30", "2026-10-25T00:45:00Z", "2026-10-25T01:30:00Z"),
            ("01:00", "02:30", "2026-10-25T01:29:59Z", "2026-10-25T01:30:00Z"),
            ("01:00", "02:30", "2026-10-25T01:30:00Z", nil),
            ("00:00", "24:00", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"),
        ] as [(String, String, String, String?)])
    func `of a time that clocks show twice the window has both`(
        from: String, to: String, now: String, end: String?
    ) throws {
        let times = try Self.weekly([.sun], from, to, "Europe/Berlin")
        #expect(times.end(at: try Self.date(now)) == (try end.map(Self.date)))
    }

    @Test(arguments: [
        // New York, in spring; Lord Howe goes by half an hour; in Samoa 2011-12-30 was no day.
        ("America/New_York", "2026-03-08T06:30:00Z", "2026-03-08T07:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:20:00Z", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-31T11:00:00Z", "2011-12-31T12:30:00Z"),
        ("UTC", "2026-03-08T02:00:00Z", "2026-03-08T02:30:00Z"),
    ])
    func `every zone has its own changes`(zone: String, now: String, end: String) throws {
        let times = try Self.weekly(WeeklyTimes.Day.allCases, "01:00", "02:30", zone)
        #expect(times.end(at: try Self.date(now)) == (try Self.date(end)))
    }

    @Test func `at any moment a window is as its wall clock says`() throws {
        var random = SeededGenerator(seed: 5)
        let zones = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe"]
        for _ in 0..<2_000 {
            let zone = try #require(TimeZone(identifier: random.pick(zones)))
            let days = WeeklyTimes.Day.allCases.filter { _ in random.chance(40) }
            let (from, to) = (
                Int.random(in: 0...1439, using: &random), Int.random(in: 1...1440, using: &random)
            )
            let times = WeeklyTimes(days: Set(days), from: from, to: to, timeZone: zone)
            let now = Date(
                timeIntervalSince1970: Double.random(in: 1.7e9...1.9e9, using: &random).rounded())
            let offset = zone.secondsFromGMT(for: now)
            let isNearChange = [-2.0, 2.0].contains { days in
                zone.secondsFromGMT(for: now.addingTimeInterval(days * 86_400)) != offset
            }
            guard !isNearChange else { continue }
            let local = Int(now.timeIntervalSince1970) + offset
            let (day, minute) = (local / 86_400, local % 86_400 / 60)
            func begins(on day: Int) -> Bool {
                days.contains(WeeklyTimes.Day.allCases[(day + 4) % 7])
            }
            let expected =
                to > from
                ? begins(on: day) && (from..<to).contains(minute)
                : begins(on: day) && minute >= from || begins(on: day - 1) && minute < to
            #expect((times.end(at: now) != nil) == expected)
        }
    }

    // MARK: What follows from them

    private func catalog(_ rig: Rig, _ window: FreezeWindow, ofEnvironment: Bool = false) -> Catalog
    {
        var (policy, own) = (StartPolicy.loopback, StartPolicy())
        if ofEnvironment { own.freezes = [window] } else { policy.freezes = [window] }
        let usual = Catalog.sample(clusters: ["c1"])
        return Catalog(
            tenants: usual.tenants.map {
                Tenant(
                    id: $0.id, name: $0.name, environments: $0.environments, limits: $0.limits,
                    policy: policy, environmentPolicies: ["dev": own])
            }, clusters: usual.clusters)
    }

    private func window(_ rig: Rig, in seconds: Double, stopsRuns: Bool = false) -> FreezeWindow {
        let from = rig.time.now.addingTimeInterval(seconds)
        return FreezeWindow(
            name: "release", times: .once(from: from, to: from.addingTimeInterval(3600)),
            stopsRuns: stopsRuns)
    }

    @Test(arguments: [false, true])
    func `no run starts in a window, and one does behind it`(ofEnvironment: Bool) async throws {
        let rig = Rig()
        let window = window(rig, in: 0)
        await rig.orchestrator.replaceCatalog(catalog(rig, window, ofEnvironment: ofEnvironment))
        try await rig.running {
            let owner = ofEnvironment ? "environment dev" : "tenant tenant-1"
            let end = rig.time.now.addingTimeInterval(3600)
            let freeze = Freeze(owner: owner, window: window, end: end)
            await #expect(throws: ControlPlaneError.frozen(freeze)) { try await rig.start() }
            rig.time.advance(by: .seconds(3600))
            _ = try await rig.start()
        }
    }

    @Test func `runs go on in a window, unless it stops them`() async throws {
        for stopsRuns in [false, true] {
            let rig = Rig()
            try await rig.running {
                let run = try await rig.startRunning(duration: 600)
                await rig.orchestrator.replaceCatalog(
                    catalog(rig, window(rig, in: 20, stopsRuns: stopsRuns)))
                await rig.pass(.seconds(15))
                #expect(rig.stored(run)?.state == .running)
                if stopsRuns {
                    #expect(await rig.reaches(.failed, run))
                    #expect(rig.stored(run)?.endReason == .frozen)
                    #expect(rig.stored(run)?.endDetail?.contains("release of tenant") == true)
                } else {
                    await rig.pass(.seconds(30))
                    #expect(rig.stored(run)?.state == .running)
                    _ = try await rig.stop(run)
                }
            }
        }
    }
}
