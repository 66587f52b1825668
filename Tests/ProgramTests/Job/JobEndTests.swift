import JSON
import Testing

@testable import swarmkeeper

struct JobEndTests {
    @Test(
        arguments: [
            ("durationElapsed", nil, .passed), ("durationElapsed", "passed", .passed),
            ("testEnded", "passed", .passed), ("durationElapsed", "failed", .thresholdsFailed),
            ("durationElapsed", "inconclusive", .inconclusive),
            ("thresholdBroken", nil, .thresholdsFailed),
            ("thresholdBroken", "failed", .thresholdsFailed),
            ("thresholdBroken", "inconclusive", .inconclusive),
            ("stoppedByUser", nil, .stoppedByOthers),
            ("stoppedByUser", "inconclusive", .stoppedByOthers),
            ("stoppedByUser", "failed", .thresholdsFailed),
            ("emergencyStop", "inconclusive", .stoppedByOthers), ("frozen", nil, .stoppedByOthers),
            ("rejected", "inconclusive", .stoppedByOthers), ("clusterLost", nil, .failed),
            ("clusterLost", "failed", .thresholdsFailed), ("startFailed", "inconclusive", .failed),
            ("workersLost", nil, .failed), ("loadVanished", nil, .failed),
            ("replaced", nil, .failed), ("shutdown", "inconclusive", .failed),
            ("queueTimedOut", nil, .failed), ("approvalExpired", nil, .failed),
            ("somethingNew", "inconclusive", .failed),
        ] as [(String, String?, JobEnd)])
    func `a run that is over has an end for the pipeline`(
        reason: String, verdict: String?, end: JobEnd
    ) {
        let run = JobSample.run(endReason: reason, verdict: verdict)
        #expect(JobEnd(run: run) == end)
    }

    @Test func `who stops a run hears of that, and of a run that was over before of its verdict`() {
        let stopped = JobSample.run(endReason: "stoppedByUser", verdict: "inconclusive")
        let over = JobSample.run(verdict: "failed")
        let refused = JobSample.run(state: "Failed", endReason: "startFailed")
        #expect(JobSample.result(stopped, cause: .aborted).end == .aborted)
        #expect(JobSample.result(stopped, cause: .timedOut).end == .timedOut)
        #expect(JobSample.result(refused, cause: .aborted).end == .aborted)
        #expect(JobSample.result(over, cause: .aborted).end == .thresholdsFailed)
        // What was broken before the stop is broken.
        let broken = JobSample.run(endReason: "stoppedByUser", verdict: "failed")
        #expect(JobSample.result(broken, cause: .timedOut).end == .thresholdsFailed)
        #expect(JobSample.result(broken, cause: .aborted).end == .thresholdsFailed)
        #expect(JobSample.result(JobSample.run(), cause: .timedOut).end == .passed)
    }

    @Test func `codes are those that were promised, and none is one of another meaning`() {
        let codes = Dictionary(uniqueKeysWithValues: JobEnd.allCases.map { ($0.word, $0.code) })
        #expect(
            codes == [
                "passed": 0, "thresholdsFailed": 99, "failed": 97, "contactLost": 98,
                "timedOut": 102, "stoppedByOthers": 103, "invalidInput": 104, "aborted": 105,
                "inconclusive": 96,
            ])
        for end in JobEnd.allCases {
            #expect(RunCommand.help.contains("  \(end.code)  "), "\(end)")
        }
    }

    @Test func `thresholds that no service has looked at have not held`() {
        let result = JobSample.result(JobSample.run(thresholds: [JobSample.threshold("a", nil)]))
        #expect(result.end == .inconclusive)
        #expect(result.reason.contains("has not judged"))
        #expect(result.checks.map(\.outcome) == [.unknown])
    }

    @Test func `a run without thresholds passes and says that it was judged by nothing`() {
        let result = JobSample.result(JobSample.run())
        #expect(result.end == .passed)
        #expect(result.reason.contains("judged by nothing"))
    }
}
