import LoadEngine

/// What a report says about an attack beside its numbers; known before it begins.
struct AttackSubject: Equatable, Sendable {
    /// What is shot at, in words.
    let title: String
    /// By the indices of the statistics' endpoints.
    let endpoints: [EndpointName]
    let isOpen: Bool
    /// How the load comes about, in words.
    let modelText: String
    let usersMax: Int
    let threads: Int
    /// Of this machine.
    let cores: Int
    let seed: UInt64
    let duration: Duration
    let requestsMax: UInt64?

    init(title: String, plan: LoadPlan, cores: Int) {
        self.title = title
        self.cores = cores
        endpoints = plan.program.endpoints
        switch plan.model {
        case .closed(let users, _):
            isOpen = false
            modelText = Self.text(users)
        case .open(let arrivals, let usersMax):
            isOpen = true
            modelText = Self.text(arrivals, usersMax: usersMax)
        }
        usersMax = plan.model.usersMax
        threads = plan.threads
        seed = plan.seed
        duration = plan.limits.duration
        requestsMax = plan.limits.requestsMax
    }

    private static func text(_ curve: UserCurve) -> String {
        let users = "\(Figures.count(curve.usersMax)) user\(curve.usersMax == 1 ? "" : "s")"
        guard curve.duration > .zero else { return "closed model, \(users)" }
        let start = UserCurve(stages: [.init(duration: curve.duration, users: curve.usersMax)])
        return "closed model, up to \(users), \(curve == start ? "started" : "in stages") over "
            + Figures.clock(curve.duration)
    }

    private static func text(_ arrivals: ArrivalSchedule, usersMax: Int) -> String {
        let bound = "at most \(Figures.count(usersMax)) connections"
        if let count = arrivals.requestCount {
            return "open model, \(Figures.count(count)) arrivals in stages, \(bound)"
        }
        return "open model, \(Figures.rate(arrivals.rateMax)) arrivals/s, \(bound)"
    }

    /// Whether requests are told apart in reports.
    var hasManyEndpoints: Bool { endpoints.count > 1 }

    /// Of one row of the statistics.
    func name(ofEndpoint index: Int) -> String {
        DisplayWidth.printable("\(endpoints[index].method) \(endpoints[index].name)")
    }
}
