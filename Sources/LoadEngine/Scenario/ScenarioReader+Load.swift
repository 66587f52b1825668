import JSON

extension ScenarioReader {
    private static let loadKeys = [
        "model", "users", "maxUsers", "spawnRate", "thinkTime", "rate", "stages", "duration",
        "maxRequests", "drain", "tick", "stopRule",
    ]

    /// How much load the scenario is for.
    func load(_ field: Field?) -> LoadSettings {
        var load = LoadSettings()
        guard let fields = fields(of: field, known: Self.loadKeys, what: "settings of the load")
        else { return load }
        if let model = fields["model"] {
            load.model = model.value.text.flatMap { LoadSettings.Model(rawValue: $0) }
            if load.model == nil { report(model.pointer, "expected closed or open") }
        }
        let users = 1...ScenarioLimits.usersMax
        load.users = integer(fields["users"], in: users)
        if let most = integer(fields["maxUsers"], in: users) {
            if let field = fields["maxUsers"], load.users != nil {
                report(field.pointer, "is another word for users; give one of them")
            }
            load.users = most
        }
        load.spawnRate = number(fields["spawnRate"], upTo: ScenarioLimits.rateMax)
        load.rate = rate(fields["rate"])
        load.thinkTime = thinkTime(fields["thinkTime"])
        load.stages = stages(fields["stages"])
        load.duration = duration(
            fields["duration"], in: .milliseconds(1)...ScenarioLimits.durationMax)
        load.requestsMax = integer(fields["maxRequests"], in: 1...Int.max).map(UInt64.init)
        load.drain = duration(fields["drain"], in: .zero...ScenarioLimits.timeoutMax)
        load.tick = tick(fields["tick"])
        load.stopRule = stopRule(fields["stopRule"])
        load.checkModel { report("\(fields.pointer)/\($0)", $1) }
        return load
    }

    /// A duration, or `{uniform: {min, max}}`, or `{exponential: {mean}}`.
    func thinkTime(_ field: Field?) -> ThinkTime? {
        guard let field else { return nil }
        let times = Duration.zero...ScenarioLimits.durationMax
        guard field.value.members != nil else {
            guard let time = duration(field, in: times) else { return nil }
            return time == .zero ? ThinkTime.none : .constant(time)
        }
        let what = "a duration, or uniform or exponential"
        guard let fields = fields(of: field, known: ["uniform", "exponential"], what: what) else {
            return nil
        }
        switch (fields["uniform"], fields["exponential"]) {
        case (let uniform?, nil): return uniformThinkTime(uniform, times)
        case (nil, let exponential?):
            let parts = self.fields(of: exponential, known: ["mean"], what: "a mean")
            guard let mean = duration(parts?["mean"], in: times) else {
                if parts != nil, parts?["mean"] == nil {
                    report(exponential.pointer, "expected a mean")
                }
                return nil
            }
            return .exponential(mean: mean)
        default:
            report(field.pointer, "expected either uniform or exponential")
            return nil
        }
    }

    private func uniformThinkTime(_ field: Field, _ times: ClosedRange<Duration>) -> ThinkTime? {
        guard let fields = fields(of: field, known: ["min", "max"], what: "min and max") else {
            return nil
        }
        guard fields["max"] != nil else {
            report(field.pointer, "expected min and max")
            return nil
        }
        guard let max = duration(fields["max"], in: times) else { return nil }
        let min = duration(fields["min"], in: times) ?? .zero
        guard min <= max else {
            report(field.pointer, "expected a min that is not above max")
            return nil
        }
        return .uniform(min: min, max: max)
    }

    /// Stages of users or of rates, not of both.
    private func stages(_ field: Field?) -> LoadSettings.Stages? {
        guard let field else { return nil }
        let items = items(of: field, what: "a list of stages", countMax: ScenarioLimits.stagesMax)
        var (users, rates): ([UserCurve.Stage], [ArrivalSchedule.Stage]) = ([], [])
        let problemCount = problems.count
        for item in items {
            let known = ["duration", "users", "rate"]
            guard let fields = fields(of: item, known: known, what: "duration and users or rate")
            else { continue }
            guard fields["duration"] != nil, (fields["users"] == nil) != (fields["rate"] == nil)
            else {
                report(item.pointer, "expected a duration, and either users or a rate")
                continue
            }
            guard let length = duration(fields["duration"], in: .zero...ScenarioLimits.durationMax)
            else { continue }
            if let count = integer(fields["users"], in: 0...ScenarioLimits.usersMax) {
                users.append(.init(duration: length, users: count))
            }
            if let rate = rate(fields["rate"], allowsZero: true) {
                rates.append(.init(rate: rate, duration: length))
            }
        }
        guard users.isEmpty || rates.isEmpty else {
            report(field.pointer, "expected stages of users or of rates, not of both")
            return nil
        }
        if items.isEmpty, field.value.items?.isEmpty == true {
            report(field.pointer, "expected at least one stage")
        }
        // What is left of stages with problems would only look like another one.
        guard !items.isEmpty, problems.count == problemCount else { return nil }
        return rates.isEmpty ? .users(users) : .rates(rates)
    }

    private func tick(_ field: Field?) -> Tick? {
        switch field?.value.text {
        case "auto": return .automatic
        case "exact": return .exact
        default:
            return duration(field, in: LoadSettings.tickMin...LoadSettings.tickMax).map {
                .every($0)
            }
        }
    }

    private func stopRule(_ field: Field?) -> StopRule? {
        let known = ["failurePercent", "window", "minRequests"]
        guard let field, let fields = fields(of: field, known: known, what: "a stop rule") else {
            return nil
        }
        guard fields["failurePercent"] != nil else {
            report(field.pointer, "expected a failurePercent, above which the run ends")
            return nil
        }
        guard let percent = number(fields["failurePercent"], upTo: 100) else { return nil }
        var rule = StopRule(failurePercentMax: percent)
        let windows = Duration.seconds(1)...ScenarioLimits.timeoutMax
        if let window = duration(fields["window"], in: windows) { rule.window = window }
        if let count = integer(fields["minRequests"], in: 1...Int(Int32.max)) {
            rule.requestsMin = UInt64(count)
        }
        return rule
    }
}
