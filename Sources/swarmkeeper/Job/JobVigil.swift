import JSON

/// What a job makes of what it hears of its run: says what is to be done, and does none of it.
struct JobVigil {
    enum Input: Sendable {
        case run(JSONValue)
        /// There will be no answer any more.
        case lost(String)
        /// There is no answer now, and another try.
        case trouble(String)
        case event(RunStream.Item)
        case summary(JSONValue)
        case toStop(JobEnd)
        case unconfirmed(String)
        case tick
    }

    enum Outcome: Sendable {
        /// - Parameter cause: why it was stopped from here; nil where it was not.
        case over(JSONValue, cause: JobEnd?)
        /// Nobody knows how it ends.
        case lost(String)
        /// It was to be stopped, and nobody saw that.
        case unconfirmed(JobEnd, String)
    }

    enum Step: Sendable {
        case say(String)
        case stop(JobEnd)
        case end(Outcome)
    }

    private var cause: JobEnd?
    /// Why there is no answer now.
    private var trouble: String?

    mutating func take(_ input: Input) -> [Step] {
        switch input {
        case .run(let run):
            defer { trouble = nil }
            let news: [Step] = trouble == nil ? [] : [.say("the service answers again")]
            return JobRun.isOver(run) ? news + [.end(.over(run, cause: cause))] : news
        case .trouble(let reason):
            defer { trouble = reason }
            return trouble == nil ? [.say("no answer, trying again: \(reason)")] : []
        case .lost(let reason):
            return [.end(cause.map { .unconfirmed($0, reason) } ?? .lost(reason))]
        case .toStop(let end): return toStop(end)
        case .unconfirmed(let reason): return [.end(.unconfirmed(cause ?? .failed, reason))]
        case .event, .summary, .tick: return []
        }
    }

    private mutating func toStop(_ end: JobEnd) -> [Step] {
        guard cause == nil else { return [] }
        if end == .timedOut, let trouble {
            return [.end(.lost("no answer by the end of --timeout: \(trouble)"))]
        }
        cause = end
        let text =
            end == .aborted
            ? "stopping the run; a second signal ends at once"
            : "the time is over; stopping the run"
        return [.say(text), .stop(end)]
    }
}

/// What is read of a run here and there.
enum JobRun {
    static func isOver(_ run: JSONValue) -> Bool {
        ["Finished", "Failed"].contains(run["state"]?.text)
    }
}
