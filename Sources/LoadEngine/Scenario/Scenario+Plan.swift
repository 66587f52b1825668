import Networking

extension Scenario {
    /// The load that this scenario and `settings` make together. What is given in `settings` wins;
    /// see `LoadSettings.over` for what belongs together. Where both are silent:
    ///
    /// - model: open with a rate or stages of rates, else closed
    /// - users: 1, in the open model at most 1000 under way at once
    /// - spawn rate: all at once
    /// - stages begin at `users` or `rate` if given beside them, else at none; behind the last
    ///   stage the load goes on as it was
    /// - duration: that of the stages; without stages 60 s, or an hour where the number of
    ///   requests is limited
    /// - drain 5 s, timeout 30 s, connecting 5 s, connections kept, no redirects followed,
    ///   certificates verified, sessions not resumed, one thread, no lease
    /// - tracing: none
    /// - seed: a new one each time, so that `{{uuid}}` makes no values of an earlier run
    ///
    /// - Parameter baseURL: instead of the scenario's own, for requests that have only a path.
    package func plan(
        over settings: LoadSettings = .init(), baseURL: String? = nil
    ) throws(ScenarioError) -> LoadPlan {
        let settings = settings.over(load)
        let reader = ScenarioReader()
        settings.checkModel { reader.report("/load/\($0)", $1) }
        settings.checkBounds { reader.report("/load/\($0)", $1) }
        let base = base(baseURL, reader)
        try reader.finish()

        var plan = LoadPlan(
            program: program(base: base, settings: settings), model: settings.loadModel,
            limits: settings.limits)
        plan.connections = settings.connections
        plan.stopRule = settings.stopRule
        // Seeds are told in JSON, whose numbers are exact up to 2^53.
        plan.seed = settings.seed ?? UInt64.random(in: 0..<1 << 53)
        plan.threads = settings.threads ?? 1
        plan.traceShare = settings.traceShare ?? 0
        plan.tick = settings.tick ?? .automatic
        plan.lease = settings.lease
        return plan
    }

    private func base(_ given: String?, _ reader: ScenarioReader) -> BaseURL? {
        guard let text = given ?? baseURL else {
            if let first = requests.first(where: { $0.target.origin == nil }) {
                let place = first.line.map { "line \($0): " } ?? ""
                reader.report(first.pointer, place + "a request with a path needs a base URL")
            }
            return nil
        }
        do {
            return try BaseURL(text)
        } catch {
            reader.report("/baseUrl", error.message)
            return nil
        }
    }
}
