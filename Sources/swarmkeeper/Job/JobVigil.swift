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
        /// Nobody knows how it ends, also where it was to be stopped from here.
        case lost(String)
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
        case .lost(let reason), .unconfirmed(let reason):
            return [.end(.lost(cause.map { "\(Self.words($0)), and \(reason)" } ?? reason))]
        case .toStop(let end): return toStop(end)
        case .event, .summary, .tick: return []
        }
    }

    private mutating func toStop(_ end: JobEnd) -> [Step] {
        guard cause == nil else { return [] }
        // Also of a service that does not answer now: it may have done so a moment later.
        cause = end
        let text =
            end == .aborted
            ? "stopping the run; a second signal ends at once"
            : "the time is over; stopping the run"
        return [.say(text), .stop(end)]
    }

    private static func words(_ cause: JobEnd) -> String {
        cause == .aborted ? "ended by a signal" : "the time of --timeout is over"
    }
}

/// What is read of a run here and there.
enum JobRun {
    static func isOver(_ run: JSONValue) -> Bool {
        ["Finished", "Failed"].contains(run["state"]?.text)
    }

    /// Of a run that is over: it has thresholds, and no service has held it to them.
    static func isUnjudged(_ run: JSONValue) -> Bool {
        isOver(run) && run["thresholds"]?.items?.isEmpty == false
            && run["verdict"]?.text == nil
    }
}
