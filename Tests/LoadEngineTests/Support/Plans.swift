import Networking

@testable import LoadEngine

/// A request of a test's program.
struct Call {
    var origin = 0
    var method = "GET"
    var path = "/"
    var fields = ""
    var body = ""
    var timeout = Duration.seconds(60)
    var expected = StatusSet.successes
    var isIdempotent = true
    var thinkTime: ThinkTime?

    func plan(endpoint: Int, _ origins: [Origin]) -> RequestPlan {
        let length = body.isEmpty ? "" : "Content-Length: \(body.utf8.count)\r\n"
        let text =
            "\(method) \(path) HTTP/1.1\r\nHost: \(origins[origin].authority)\r\n"
            + "\(fields)\(length)\r\n\(body)"
        return RequestPlan(
            endpoint: endpoint, origin: origin, content: .fixed(Array(text.utf8)),
            isHead: method == "HEAD", isIdempotent: isIdempotent, timeout: timeout,
            expectedStatuses: expected, thinkTime: thinkTime)
    }
}

extension RequestProgram {
    /// Every call an endpoint of its own.
    init(_ calls: [Call] = [Call()], at origins: [Origin], flow: Flow = .steps) {
        self.init(
            endpoints: calls.map { EndpointName(method: $0.method, name: $0.path) },
            origins: origins,
            requests: calls.enumerated().map { $1.plan(endpoint: $0, origins) }, flow: flow)
    }
}

extension Origin {
    init(_ target: TargetServer) {
        self.init(isSecure: false, host: "127.0.0.1", port: target.port)
    }

    static func local(_ port: Int, isSecure: Bool = false) -> Origin {
        Origin(isSecure: isSecure, host: "127.0.0.1", port: port)
    }
}

extension LoadModel {
    static func users(_ count: Int, thinkTime: ThinkTime = .none) -> LoadModel {
        .closed(users: UserCurve(users: count, spawnRate: .infinity), thinkTime: thinkTime)
    }

    static func rate(_ rate: Double, usersMax: Int = 100) -> LoadModel {
        .open(arrivals: ArrivalSchedule(rate: rate), usersMax: usersMax)
    }
}

extension LoadPlan {
    /// - Parameter duration: by default far beyond what the test takes.
    init(
        _ calls: [Call] = [Call()], at origins: [Origin], flow: Flow = .steps,
        _ model: LoadModel = .users(4), requests: UInt64? = nil,
        duration: Duration = .seconds(90), drain: Duration = .seconds(60)
    ) {
        self.init(
            program: RequestProgram(calls, at: origins, flow: flow), model: model,
            limits: LoadLimits(duration: duration, requestsMax: requests, drain: drain))
    }

    func with(_ change: (inout LoadPlan) -> Void) -> LoadPlan {
        var plan = self
        change(&plan)
        return plan
    }
}
