import Foundation
import Testing

@testable import ControlPlane

struct RetryScheduleTests {
    private let queued = Date(timeIntervalSince1970: 1_800_000_000)

    private func pause(
        after tries: Int, at seconds: Double = 0, retryAfter: Duration? = nil, chance: Double = 0
    ) -> Double? {
        let now = queued + seconds
        return RetrySchedule.next(
            after: tries, queuedAt: queued, at: now, retryAfter: retryAfter, chance: chance
        )?.timeIntervalSince(now)
    }

    @Test func `pauses grow, each with its share of chance`() {
        let pauses = (1...RetrySchedule.pauses.count).map { pause(after: $0) ?? 0 }
        #expect(pauses == pauses.sorted() && Set(pauses).count == pauses.count)
        #expect(pause(after: 1) == 5)
        #expect(pause(after: 1, chance: -1) == 4 && pause(after: 1, chance: 1) == 6)
    }

    @Test func `after so many tries, or in so much time, it is given up`() {
        let last = RetrySchedule.pauses.count
        #expect(pause(after: last) != nil && pause(after: last + 1) == nil)
        let age = RetrySchedule.ageMax / .seconds(1)
        #expect(pause(after: 1, at: age - 5) == 5)
        #expect(pause(after: 1, at: age - 4.9) == nil)
        #expect(pause(after: 0) == nil)
    }

    @Test func `a receiver's own wish holds where it is longer, up to a limit`() {
        #expect(pause(after: 1, retryAfter: .seconds(60)) == 60)
        #expect(pause(after: 3, retryAfter: .seconds(60)) == 120)
        #expect(
            pause(after: 1, retryAfter: .seconds(999_999))
                == RetrySchedule.retryAfterMax / .seconds(1))
    }

    @Test func `all tries come within the age of a delivery, when chance is even`() {
        let sum = RetrySchedule.pauses.reduce(Duration.zero, +)
        #expect(sum < RetrySchedule.ageMax)
    }

    @Test func `one bad moment disables nobody, and 410 does at once`() {
        var health = Webhook.Health()
        let failed = AttemptOutcome(status: 500, failure: "HTTP 500")
        health.failingSince = queued
        health.failures = PauseRule.failuresMin - 1
        let late = queued + PauseRule.failingMax / .seconds(1)
        #expect(PauseRule.reason(health, failed, at: late) == nil)
        health.failures += 1
        #expect(PauseRule.reason(health, failed, at: late - 1) == nil)
        #expect(PauseRule.reason(health, failed, at: late) != nil)
        let gone = AttemptOutcome(status: 410, failure: "HTTP 410", isGone: true)
        #expect(PauseRule.reason(Webhook.Health(), gone, at: queued) != nil)
    }
}
