import Networking

extension LoadSettings {
    /// Users of a closed model unless told otherwise.
    static let usersDefault = 1
    /// Iterations under way at once in an open model unless told otherwise: a thousand a second
    /// against a target that stalls for one second, and just below the usual limit of 1024 open
    /// files.
    static let usersMaxDefault = 1000
    static let durationDefault = Duration.seconds(60)
    /// Where the number of requests is to end the load; for targets that answer none of them.
    static let durationDefaultOfBudget = Duration.seconds(3600)
    static let drainDefault = Duration.seconds(5)
    static let timeoutDefault = Duration.seconds(30)
    /// For who says that redirects are to be followed, and not how many.
    static let redirectsFollowed = 10
    /// A timer is not better than the first; with the second a load is no longer even.
    static let tickMin = Duration.microseconds(10)
    static let tickMax = Duration.seconds(1)

    /// These settings, and where they are silent those of `other`.
    ///
    /// A number of users, a rate, or stages say all about the amount of load: with any of them
    /// here, what the other says of the amount is left out, but for the most connections of an
    /// open model, and the spawn rate.
    func over(_ other: LoadSettings) -> LoadSettings {
        var result = self
        result.takeAmount(from: other)
        result.spawnRate = spawnRate ?? other.spawnRate
        result.duration = duration ?? other.duration
        result.requestsMax = requestsMax ?? other.requestsMax
        // A think time that was meant for users says nothing once a rate sets the pace.
        let isOtherClosed = other.kind == .closed
        if result.kind == .closed || !isOtherClosed {
            result.thinkTime = thinkTime ?? other.thinkTime
        }
        result.drain = drain ?? other.drain
        result.tick = tick ?? other.tick
        result.stopRule = stopRule ?? other.stopRule
        result.timeout = timeout ?? other.timeout
        result.connectTimeout = connectTimeout ?? other.connectTimeout
        result.keepsAlive = keepsAlive ?? other.keepsAlive
        result.redirectsMax = redirectsMax ?? other.redirectsMax
        result.verifiesServer = verifiesServer ?? other.verifiesServer
        result.resumesSessions = resumesSessions ?? other.resumesSessions
        result.traceShare = traceShare ?? other.traceShare
        result.seed = seed ?? other.seed
        result.threads = threads ?? other.threads
        result.lease = lease ?? other.lease
        result.caFile = caFile ?? other.caFile
        result.clientCertificate = clientCertificate ?? other.clientCertificate
        return result
    }

    private mutating func takeAmount(from other: LoadSettings) {
        if rate != nil || stages != nil || model != nil && model != other.kind {
            // The amount is said here. A number of connections goes with any rate.
            if kind == .open, other.kind == .open { users = users ?? other.users }
        } else if other.kind == .open {
            (model, rate, stages) = (.open, other.rate, other.stages)
            users = users ?? other.users
        } else if users == nil {
            (model, users, stages) = (other.model, other.users, other.stages)
        }
    }

    /// Open if that is said, or if there is a rate.
    var kind: Model {
        if let model { return model }
        if rate != nil { return .open }
        if case .rates = stages { return .open }
        return .closed
    }

    /// Reports, by key, what cannot be together.
    func checkModel(report: (_ key: String, _ message: String) -> Void) {
        switch (kind, stages) {
        case (.closed, .rates): report("stages", "stages of rates need the open model")
        case (.open, .users): report("stages", "stages of users need the closed model")
        case (.open, .rates(let stages)):
            if (stages.map(\.rate).max() ?? 0) == 0, rate == nil {
                report("stages", "expected a rate above 0 somewhere")
            }
        case (.closed, .users(let stages)):
            if (stages.map(\.users).max() ?? 0) == 0, users == nil {
                report("stages", "expected users somewhere")
            }
        default: break
        }
        if kind == .closed, rate != nil {
            report("rate", "a rate needs the open model; users of a closed one wait for answers")
        }
        if kind == .open, rate == nil, stages == nil {
            report("model", "the open model needs a rate, or stages with rates")
        }
        if kind == .open, thinkTime != nil, thinkTime != ThinkTime.none {
            report("thinkTime", "a think time needs the closed model; a rate sets the pace here")
        }
    }

    /// Reports, by key, what is out of bounds: settings need not come out of a document.
    func checkBounds(report: (_ key: String, _ message: String) -> Void) {
        func check<Value: Comparable>(
            _ key: String, _ value: Value?, _ range: ClosedRange<Value>, _ what: String
        ) {
            guard let value, !range.contains(value) else { return }
            report(key, "expected \(what)")
        }
        let tiny = Double.leastNormalMagnitude
        let times = Duration.nanoseconds(1)...ScenarioLimits.timeoutMax
        check("users", users, 1...ScenarioLimits.usersMax, "1 to \(ScenarioLimits.usersMax) users")
        check("spawnRate", spawnRate, tiny...Double.infinity, "users per second above 0")
        check("rate", rate, tiny...ScenarioLimits.rateMax, "a rate above 0, at most 5000000/s")
        check(
            "duration", duration, .nanoseconds(1)...ScenarioLimits.durationMax,
            "a duration above 0, at most 31 days")
        check("maxRequests", requestsMax, 1...UInt64.max, "at least one request")
        check("drain", drain, .zero...ScenarioLimits.timeoutMax, "at most an hour")
        check("timeout", timeout, times, "a time above 0, at most an hour")
        check("connectTimeout", connectTimeout, times, "a time above 0, at most an hour")
        check("followRedirects", redirectsMax, 0...ScenarioLimits.redirectsMax, "at most 50")
        check("tracing", traceShare, 0...1, "true, false or a share from 0 to 1")
        check("threads", threads, 1...ScenarioLimits.threadsMax, "1 to 64 threads")
        check("lease", lease, .nanoseconds(1)...ScenarioLimits.durationMax, "a time above 0")
    }

    /// What the settings amount to, of which nothing is missing or contradicts another.
    var loadModel: LoadModel {
        switch kind {
        case .open:
            return .open(arrivals: arrivals, usersMax: users ?? Self.usersMaxDefault)
        case .closed:
            guard case .users(let stages) = stages else {
                let count = users ?? Self.usersDefault
                return .closed(
                    users: UserCurve(users: count, spawnRate: spawnRate ?? .infinity),
                    thinkTime: thinkTime ?? .none)
            }
            return .closed(
                users: UserCurve(startUsers: users ?? 0, stages: stages),
                thinkTime: thinkTime ?? .none)
        }
    }

    private var arrivals: ArrivalSchedule {
        guard case .rates(var stages) = stages else { return ArrivalSchedule(rate: rate ?? 1) }
        // Behind its last stage a load goes on as it was, with rates as with users.
        let rest = effectiveDuration - stagesDuration
        if rest > .zero, let last = stages.last {
            stages.append(.init(rate: last.rate, duration: rest))
        }
        // A step is a ramp too short for a request: a schedule passes over what has no length.
        stages = stages.map { .init(rate: $0.rate, duration: max($0.duration, .nanoseconds(1))) }
        return ArrivalSchedule(startRate: rate ?? 0, stages: stages)
    }

    private var stagesDuration: Duration {
        switch stages {
        case .users(let stages): stages.reduce(.zero) { $0 + $1.duration }
        case .rates(let stages): stages.reduce(.zero) { $0 + $1.duration }
        case nil: .zero
        }
    }

    private var effectiveDuration: Duration {
        if let duration { return duration }
        if stagesDuration > .zero { return stagesDuration }
        return requestsMax == nil ? Self.durationDefault : Self.durationDefaultOfBudget
    }

    var limits: LoadLimits {
        LoadLimits(
            duration: effectiveDuration, requestsMax: requestsMax,
            drain: drain ?? Self.drainDefault)
    }

    var connections: ConnectionSettings {
        var settings = ConnectionSettings()
        if let connectTimeout { settings.connectTimeout = connectTimeout }
        settings.keepsAlive = keepsAlive ?? true
        settings.redirectsMax = redirectsMax ?? 0
        if let caFile { settings.tls.trust = .authorities(file: caFile) }
        if verifiesServer == false { settings.tls.trust = .everybody }
        settings.tls.resumesSessions = resumesSessions ?? false
        settings.tls.clientCertificate = clientCertificate
        return settings
    }
}
