@testable import LoadEngine
@testable import swarmkeeper

/// Plans, reports and results made up for tests of how they are told.
enum AttackSample {
    static func plan(
        isOpen: Bool = false, endpoints: [EndpointName] = [.init(method: "GET", name: "/")],
        duration: Duration = .seconds(10), requestsMax: UInt64? = nil
    ) -> LoadPlan {
        let program = RequestProgram(
            endpoints: endpoints, origins: [.init(isSecure: false, host: "shop.example", port: 80)],
            requests: endpoints.indices.map {
                .init(endpoint: $0, origin: 0, content: .fixed([]))
            }, flow: .rotation)
        let model: LoadModel =
            isOpen
            ? .open(arrivals: .init(rate: 1000), usersMax: 100)
            : .closed(users: .init(users: 10, spawnRate: .infinity), thinkTime: .none)
        return LoadPlan(
            program: program, model: model,
            limits: .init(duration: duration, requestsMax: requestsMax))
    }

    static func subject(_ plan: LoadPlan = plan(), title: String = "GET http://shop.example/")
        -> AttackSubject
    {
        AttackSubject(title: title, plan: plan, cores: 4)
    }

    /// - Parameter fill: makes the statistics of everything and of the last second.
    static func report(
        elapsed: Duration = .seconds(10), endpointCount: Int = 1, users: Int = 10,
        inFlight: Int = 0, warnings: [GeneratorWarning] = [], end: LoadEnd? = .durationElapsed,
        _ fill: (inout LoadStatistics) -> Void = { _ in }
    ) -> LoadReport {
        var statistics = LoadStatistics(endpointCount: endpointCount)
        fill(&statistics)
        return LoadReport(
            elapsed: elapsed, interval: statistics, total: statistics, users: users,
            connections: users, inFlight: inFlight, warnings: warnings, end: end)
    }

    static func moment(
        elapsed: Duration = .seconds(10), inFlight: Int = 0, warnings: [GeneratorWarning] = [],
        end: LoadEnd? = nil, _ fill: (inout LoadStatistics) -> Void = { _ in }
    ) -> Moment {
        Moment(report(elapsed: elapsed, inFlight: inFlight, warnings: warnings, end: end, fill))
    }

    static func result(
        _ report: LoadReport, subject: AttackSubject = subject(), signal: Int32? = nil
    ) -> AttackResult {
        AttackResult(
            subject: subject, report: report, signal: signal,
            startedAt: "2026-01-02T03:04:05.678Z")
    }
}

extension LoadStatistics {
    /// `count` responses, the n-th after n times `stepMilliseconds`.
    mutating func respond(
        _ count: Int, endpoint: Int = 0, status: Int = 200, stepMilliseconds: Int64 = 1,
        lateByMilliseconds late: Int64? = nil
    ) {
        for number in 1...Int64(count) {
            let service = number * stepMilliseconds * 1_000_000
            endpoints[endpoint].recordResponse(
                status: status, latency: service + (late ?? 0) * 1_000_000,
                serviceTime: late == nil ? nil : service, firstByte: service / 2)
        }
        endpoints[endpoint].bytesIn += UInt64(count) * 200
        endpoints[endpoint].bytesOut += UInt64(count) * 50
    }

    mutating func fail(
        _ count: Int, _ kind: FailureKind, _ example: String, endpoint: Int = 0
    ) {
        for _ in 0..<count { endpoints[endpoint].recordFailure(kind, example) }
    }
}
