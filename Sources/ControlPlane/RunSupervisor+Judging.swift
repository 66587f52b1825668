import Logging
import Thresholds

/// What thresholds say of the run.
extension RunSupervisor {
    /// Stops a run that has broken a threshold for long enough; waits for nothing.
    func abortIfBroken(by observation: Observation) {
        guard isLoadExpected, let start = run.startRequestedAt,
            let detail = abortWatch.take(observation, since: start)
        else { return }
        // The lane stores it before it stops the load.
        _ = react(to: .halted(.thresholdBroken, detail))
    }

    var isToBeJudged: Bool { run.verdict == nil && !run.plan.judgedBy.isEmpty }

    /// Judges the run by what is stored of it, once all of that is.
    func judge() async throws(ControlPlaneError) {
        guard isToBeJudged else { return }
        let (over, store) = (run, store)
        do throws(ControlPlaneError) {
            // Hours of seconds are not added up on the threads that keep deadlines.
            let verdict = try await withTaskExecutorPreference(globalConcurrentExecutor) {
                () async throws(ControlPlaneError) in
                try await RunJudge.verdict(on: over, from: store)
            }
            run.setVerdict(verdict)
        } catch {
            guard !error.isStoreThatMayRecover else { throw error }
            // Whoever waits for the run must not wait for ever.
            run.setVerdict(.unreadable(over, "\(error)"))
        }
        guard let verdict = run.verdict else { return }
        logger.info(
            "run judged",
            [
                "verdict": .string(verdict.result.rawValue),
                "reason": .string(verdict.reason ?? ""),
            ])
    }
}
