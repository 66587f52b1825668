import Foundation
import Logging

/// What is known of a run that an earlier process of the service has left.
struct Adoption: Sendable {
    let numbers: RunNumbers
    /// The last line of each kind that is a landmark.
    let landmarks: [TimelineEntry]
    /// As it stood; nil for a fresh one.
    var abortWatch: AbortWatch?

    func last(_ kind: TimelineEntry.Kind) -> TimelineEntry? {
        landmarks.last { $0.kind == kind }
    }

    /// Whether load was asked for, as far as anybody can know.
    var hasOrderedLoad: Bool { last(.start) != nil }
}

extension RunSupervisor {
    /// When something was, on the clock that never jumps; a calendar that was set back meanwhile
    /// makes it now.
    func uptime(of date: Date) -> Duration {
        time.uptime - .seconds(max(0, time.now.timeIntervalSince(date)))
    }

    /// Since when final numbers have been waited for: those that a hook could not send while the
    /// service was away get the time of one more process.
    var numbersAwaitedSince: Duration {
        guard let before = adoption?.last(.adopted), let gone = run.loadGoneAt, before.at >= gone
        else { return time.uptime }
        return uptime(of: before.at)
    }

    /// How long a run may still go on; negative when its time is over, nil before its start.
    static func timeLeft(of run: Run, _ time: any TimeSource) -> Duration? {
        guard let end = run.deadline else { return nil }
        if let fixed = run.machineDeadline, let now = time.machine,
            let left = fixed.seconds(since: now)
        {
            return .seconds(left)
        }
        // However the calendar was set meanwhile, no run gets more time than it was given.
        return .seconds(min(end.timeIntervalSince(time.now), run.plan.durationSeconds))
    }

    /// Takes the run over: finds out what has become of its load, where that needs no look.
    func takeOver(_ adoption: Adoption) async {
        var facts: [String: LogValue] = ["state": .string(run.state.rawValue)]
        let left = deadline.map { $0 - time.uptime }
        if let left { facts["secondsLeft"] = .double((left / .seconds(1)).rounded()) }
        logger.info("run adopted", facts)
        // The deadline is not watched yet, and must not wait for a store that hangs.
        await briefly { supervisor in
            await supervisor.note(
                .adopted, "taken over by a new process of the service",
                facts: ["state": .string(supervisor.run.state.rawValue)])
        }
        CrashPoint.adopted.reach()
        if let restart = adoption.last(.masterRestarted) {
            // What its old workers are waited for counts from when it was noticed: a service that
            // is restarted often would otherwise hold the cluster for ever.
            masterRestartedAt = uptime(of: restart.at)
        }
        guard order == .answered else { return }
        if let start = adoption.last(.start), start.outcome?.result == .refused,
            run.state == .starting
        {
            return await apply(.startRefused(start.outcome?.detail ?? ""))
        }
        let known = await driver.adopt(
            LoadOrder(run: run, lease: settings.lease), timeLeft: left ?? .zero)
        // Before the deadline can say that the load went on until then.
        if case .over(let reason, let detail) = known {
            // Nobody saw it end; from then until now the service was not there either.
            let end = numbers.lastMetrics?.timestamp ?? run.startedAt ?? run.startRequestedAt
            await apply(.loadGone(reason ?? .loadVanished, detail, at: end))
        }
    }

    /// Goes on with a run that was accepted and whose load nobody has asked for yet: its caller
    /// was told that it will be.
    func resumeStart() async {
        let since =
            run.startRequestedAt ?? run.ticket?.leftAt ?? run.approval?.decidedAt
            ?? run.audit.createdAt
        let age = time.now.timeIntervalSince(since)
        guard age <= settings.startResumableFor / .seconds(1) else {
            return await apply(
                .startRefused(
                    "the service was away for \(Int(age)) s before load was asked for, and starts "
                        + "none so late"))
        }
        if run.state == .pending { return await prepare() }
        if let deadline, time.uptime >= deadline { return await apply(.deadlineReached) }
        do {
            // Somebody may have started a test meanwhile.
            try await driver.prepare(loadOrder)
        } catch {
            guard !Task.isCancelled else { return }
            return await apply(.startRefused(error.description))
        }
        await startLoad()
    }
}
