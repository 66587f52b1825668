import ControlPlane
import Foundation
import TestSupport
import Testing

@testable import API

/// Refusals become few records, and none of them is lost.
struct RefusalCountsTests {
    private let start = Date(timeIntervalSince1970: 1_800_000_000)

    private func refusal(
        _ action: String = "run.start", by name: String = "ci", after seconds: Double = 0
    ) -> AuditEntry {
        var entry = AuditEntry(
            action, by: AuditActor(.token, name, of: "tenant-1"), at: start + seconds)
        (entry.outcome, entry.status) = (.refused, 403)
        entry.subject = AuditSubject("run", "r\(seconds)", tenant: "tenant-1")
        return entry
    }

    @Test func `the first is recorded at once, those like it once a minute with their count`() {
        var counts = RefusalCounts()
        counts.add(refusal())
        #expect(counts.take(at: .zero) == [refusal()])
        for second in 1...20 { counts.add(refusal(after: Double(second))) }
        #expect(counts.take(at: .seconds(59)) == [])
        let later = counts.take(at: .seconds(60))
        #expect(later.map(\.count) == [20])
        #expect(later.first?.at == start + 1)
        #expect(later.first?.until == start + 20)
        #expect(later.first?.subject == nil)
        #expect(counts.take(at: .seconds(1000)) == [])
    }

    @Test func `what differs in who, what or why is told apart`() {
        var counts = RefusalCounts()
        counts.add(refusal())
        counts.add(refusal(by: "other"))
        counts.add(refusal("run.stop"))
        var unauthorized = refusal()
        unauthorized.status = 401
        counts.add(unauthorized)
        #expect(counts.take(at: .zero).count == 4)
    }

    @Test func `more kinds than are told apart are counted together`() {
        var counts = RefusalCounts()
        for number in 0..<(RefusalCounts.kindsMax + 25) { counts.add(refusal(by: "\(number)")) }
        let taken = counts.take(at: .zero)
        #expect(taken.count == RefusalCounts.kindsMax + 1)
        #expect(taken.first { $0.action == "refusals.rest" }?.count == 25)
    }

    @Test func `all together stay within a budget, and wait where it is used up`() {
        var counts = RefusalCounts()
        var (records, refusals) = (0, 0)
        let seconds = 3_600
        for second in 0..<seconds {
            for number in 0..<60 { counts.add(refusal(by: "\(second) \(number)")) }
            refusals += counts.take(at: .seconds(second)).reduce(0) {
                records += 1
                return $0 + $1.count
            }
        }
        let most = RefusalCounts.burstMax + Double(seconds) * RefusalCounts.recordsPerSecond
        #expect(Double(records) <= most + 1)
        refusals += counts.take(at: .seconds(seconds), all: true).reduce(0) { $0 + $1.count }
        #expect(refusals == 60 * seconds)
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `no refusal is lost or counted twice`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var counts = RefusalCounts()
        var (added, taken, now) = (0, 0, 0)
        for _ in 0..<500 {
            now += Int.random(in: 0...30, using: &random)
            for _ in 0..<Int.random(in: 0...5, using: &random) {
                counts.add(refusal(by: "\(Int.random(in: 0...80, using: &random))"))
                added += 1
            }
            let due = counts.take(at: .seconds(now))
            guard !random.chance(20) else {
                // The store has not taken them.
                for entry in due { counts.add(entry) }
                continue
            }
            taken += due.reduce(0) { $0 + $1.count }
        }
        taken += counts.take(at: .seconds(now), all: true).reduce(0) { $0 + $1.count }
        #expect(taken == added)
    }
}
