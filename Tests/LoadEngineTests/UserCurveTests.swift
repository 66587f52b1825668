import Testing

@testable import LoadEngine

struct UserCurveTests {
    @Test func `a ramp starts its first user at once and all within its time`() {
        let curve = UserCurve(users: 10, spawnRate: 2)
        #expect(curve.count(after: .zero) == 1)
        #expect(curve.count(after: .milliseconds(499)) == 1)
        #expect(curve.count(after: .milliseconds(501)) == 2)
        #expect(curve.count(after: .milliseconds(4_501)) == 10)
        #expect(curve.count(after: .seconds(3600)) == 10)
        #expect(curve.usersMax == 10)
    }

    @Test func `the next change is when the count changes`() throws {
        let curve = UserCurve(stages: [
            .init(duration: .seconds(7), users: 23), .init(duration: .seconds(3), users: 23),
            .init(duration: .zero, users: 40), .init(duration: .seconds(5), users: 4),
        ])
        var (time, count, changes) = (Duration.zero, curve.count(after: .zero), 0)
        while let next = curve.nextChange(after: time) {
            #expect(next > time)
            #expect(curve.count(after: (time + next) / 2) == count, "at \(time)")
            time = next
            count = curve.count(after: time + .microseconds(2))
            changes += 1
            guard changes < 200 else { break }
        }
        #expect(count == 4)
        #expect(changes < 80)
    }

    @Test func `a change while running goes on from the count of its moment`() {
        let curve = UserCurve(users: 10, spawnRate: 10)
        let changed = curve.changed(at: .seconds(5), to: 20, spawnRate: 5)
        #expect(changed.count(after: .seconds(4)) == 10)
        #expect(changed.count(after: .milliseconds(6_050)) == 16)
        #expect(changed.count(after: .seconds(9)) == 20)
        let reduced = changed.changed(at: .seconds(9), to: 0, spawnRate: 10)
        #expect(reduced.count(after: .seconds(12)) == 0)
    }
}
