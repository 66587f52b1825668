import Foundation
import Testing

@testable import ControlPlane

struct SuiteRunTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func suite(_ steps: [Int], _ onFailure: SuiteSpec.OnFailure = .stop) -> SuiteRun {
        let spec = SuiteSpec(
            name: "Nightly", tenantId: "tenant-1", envId: "dev", onFailure: onFailure,
            steps: steps.map { count in
                SuiteSpec.Step(
                    name: nil,
                    tests: Array(
                        repeating: .init(loadTestId: "t", change: PlanChange()), count: count))
            })
        var number = 0
        return SuiteRun(
            id: SuiteRunID("sr"),
            of: Suite(id: SuiteID("s"), spec: spec, version: 1, audit: Audit(at: now, by: "ci")),
            requester: "ci", schedule: nil, audit: Audit(at: now, by: "ci")
        ) {
            number += 1
            return "run-\(number)"
        }
    }

    /// What of a run is known.
    private enum Known { case live, passed, failed, open, broken, refused }

    private func set(_ run: inout SuiteRun, _ step: Int, _ index: Int, _ known: Known) {
        let place = SuitePlace(step, index)
        run[place].state = known == .refused ? .refused : .started
        switch known {
        case .live: run[place].runState = .running
        case .passed, .failed, .open:
            run[place].runState = .finished
            run[place].verdict =
                known == .passed ? .passed : known == .failed ? .failed : .inconclusive
        case .broken: run[place].runState = .failed
        case .refused: run[place].detail = "no room"
        }
    }

    @Test func `steps begin one behind the other, and the tests of one together`() {
        var run = suite([2, 1])
        #expect(run.orders() == [.start(SuitePlace(0, 0)), .start(SuitePlace(0, 1))])
        set(&run, 0, 0, .passed)
        set(&run, 0, 1, .live)
        #expect(run.orders() == [])
        set(&run, 0, 1, .passed)
        #expect(run.orders() == [.start(SuitePlace(1, 0))])
        set(&run, 1, 0, .passed)
        #expect(run.orders() == [.end])
        run.end(at: now)
        #expect(run.progress.verdict == .passed)
        #expect(run.progress.verdictReason == nil)
        #expect(run.orders() == [])
    }

    @Test func `a failure stops what is behind it, or does not`() {
        for known in [Known.failed, .broken, .refused] {
            var run = suite([1, 1])
            set(&run, 0, 0, known)
            #expect(run.orders() == [.end])
            run.end(at: now)
            #expect(run.progress.verdict == (known == .failed ? .failed : .inconclusive))
            #expect(run[SuitePlace(1, 0)].state == .notStarted)
            var other = suite([1, 1], .continue)
            set(&other, 0, 0, known)
            #expect(other.orders() == [.start(SuitePlace(1, 0))])
        }
    }

    @Test func `a run without a verdict leaves the suite without a proof, and stops nothing`() {
        var run = suite([1, 1])
        set(&run, 0, 0, .open)
        #expect(run.orders() == [.start(SuitePlace(1, 0))])
        set(&run, 1, 0, .passed)
        run.end(at: now)
        #expect(run.progress.verdict == .inconclusive)
        set(&run, 1, 0, .failed)
        run.end(at: now)
        #expect(run.progress.verdict == .failed)
    }

    @Test func `a stop stops all runs, starts none, and ends with the last`() {
        var run = suite([3, 1])
        set(&run, 0, 0, .live)
        set(&run, 0, 1, .live)
        run[SuitePlace(0, 1)].runState = .stopping
        run.progress.stopRequestedAt = now
        run.progress.stopRequestedBy = "ops"
        #expect(run.orders() == [.stop(RunID("run-1"))])
        set(&run, 0, 0, .passed)
        #expect(run.orders() == [])
        set(&run, 0, 1, .passed)
        #expect(run.orders() == [.end])
        run.end(at: now)
        #expect(run.progress.verdict == .inconclusive)
        #expect(run.progress.verdictReason?.contains("ops has stopped the suite") == true)
    }

    @Test func `a run that is not stored any more has failed`() {
        var run = suite([1])
        set(&run, 0, 0, .live)
        run[SuitePlace(0, 0)].lose()
        #expect(run.orders() == [.end])
        run.end(at: now)
        #expect(run.progress.verdict == .inconclusive)
    }
}
