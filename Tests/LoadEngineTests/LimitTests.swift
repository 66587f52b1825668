import Testing

@testable import LoadEngine

/// Numbers at the ends of what settings allow.
struct LimitTests {
    @Test(arguments: [1e-9, 1e-12, 1e-300, .leastNormalMagnitude])
    func `a rate near 0 puts the second arrival off, and nothing overflows`(rate: Double) {
        let schedule = ArrivalSchedule(rate: rate)
        #expect(schedule.nanoseconds(of: 0) == 0)
        #expect(schedule.nanoseconds(of: 1) ?? 0 > 900_000_000_000_000_000)
        #expect(schedule.nanoseconds(of: .max) != nil)
    }

    @Test(arguments: [1e-9, 1e-12, 1e-300, .leastNormalMagnitude])
    func `a spawn rate near 0 starts the first user only`(spawnRate: Double) throws {
        let curve = UserCurve(users: 1_000_000, spawnRate: spawnRate)
        #expect(curve.count(after: .seconds(1)) == 1)
        #expect(try #require(curve.nextChange(after: .seconds(1))) > .seconds(60))
        let changed = UserCurve(users: 5, spawnRate: .infinity)
            .changed(at: .seconds(10), to: 0, spawnRate: spawnRate)
        #expect(changed.count(after: .seconds(11)) == 5)
    }
}
