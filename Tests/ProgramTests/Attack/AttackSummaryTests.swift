import Testing

@testable import LoadEngine
@testable import swarmkeeper

struct AttackSummaryTests {
    @Test func `stages are stages, and a start is a start`() {
        func text(_ users: UserCurve) -> String {
            var plan = AttackSample.plan()
            plan = LoadPlan(
                program: plan.program, model: .closed(users: users, thinkTime: .none),
                limits: plan.limits)
            return AttackSample.subject(plan).modelText
        }
        let stage = UserCurve.Stage(duration: .seconds(2), users: 50)
        #expect(
            text(UserCurve(stages: [stage, stage]))
                == "closed model, up to 50 users, in stages over 4.0 s")
        #expect(
            text(UserCurve(users: 50, spawnRate: 25))
                == "closed model, up to 50 users, started over 2.0 s")
    }

    private func text(
        _ report: LoadReport, subject: AttackSubject = AttackSample.subject(),
        signal: Int32? = nil, columns: Int = 80
    ) -> String {
        let result = AttackSample.result(report, subject: subject, signal: signal)
        return AttackSummary(result: result, columns: columns).lines.map(\.text)
            .joined(separator: "\n")
    }

    @Test func `a closed model has one clock`() {
        let summary = text(AttackSample.report { $0.respond(100) })
        #expect(summary.hasPrefix("GET http://shop.example/\nclosed model, 10 users; seed 1\n"))
        #expect(summary.contains("Requests      100\nRate          10.0/s\nFailed        0\n"))
        #expect(summary.contains("Duration      10.0 s, ended as planned, after its duration"))
        #expect(
            summary.contains("Received      20.0 kB, 2.00 kB/s\nSent          5.00 kB, 500 B/s"))
        #expect(summary.contains("\n  p50          50.0 ms\n"))
        #expect(summary.contains("\n  max           100 ms\n"))
        #expect(!summary.contains("intended"))
        #expect(!summary.contains("Dropped"))
        #expect(summary.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
        #expect(summary.contains("\n  200   100  100 %"))
    }

    @Test func `an open model has both clocks side by side`() {
        let subject = AttackSample.subject(AttackSample.plan(isOpen: true))
        let report = AttackSample.report { statistics in
            statistics.respond(100, lateByMilliseconds: 1000)
            statistics.transport.dropped = 1234
        }
        let summary = text(report, subject: subject)
        #expect(summary.contains("open model, 1,000 arrivals/s, at most 100 connections; seed 1"))
        #expect(summary.contains("Response time  from intended start  from real start"))
        #expect(summary.contains("  p50                       1.05 s          50.0 ms"))
        #expect(summary.contains("Dropped       1,234"))
    }

    @Test func `no request at all is told without made-up figures`() {
        let summary = text(AttackSample.report(inFlight: 3, end: .stopped), signal: 2)
        #expect(summary.contains("Requests      0\nRate          0.0/s\nFailed        0\n"))
        #expect(summary.contains("ended early by Ctrl-C"))
        #expect(summary.contains("In flight     3 at the end"))
        #expect(summary.contains("! No request succeeded."))
        for title in ["Response time", "Distribution", "Phases", "Status", "Failures", "nan"] {
            #expect(!summary.contains(title))
        }
    }

    @Test func `only failures are told by kind, with an example that cannot harm`() {
        let report = AttackSample.report(elapsed: .zero) { statistics in
            statistics.fail(3, .connectRefused, "connect 127.0.0.1:1: refused\u{1B}[2J\n")
            statistics.fail(5, .readTimeout, "nothing within 30 s")
        }
        let lines = text(report).split(separator: "\n").map(String.init)
        #expect(lines.contains("Failed        8 (100 %)"))
        #expect(lines.contains("Rate          0.0/s"), "a rate over no time is none")
        let start = lines.firstIndex(of: "Failures") ?? 0
        #expect(lines[start + 1] == "  no response in time  5  nothing within 30 s")
        #expect(lines[start + 2] == "  connection refused   3  connect 127.0.0.1:1: refused [2J ")
    }

    @Test func `endpoints are told apart, the busiest first`() {
        let names = [
            EndpointName(method: "GET", name: "/kurz"),
            EndpointName(method: "POST", name: "/日本/" + String(repeating: "x", count: 99)),
            EndpointName(method: "GET", name: "/never"),
        ]
        let subject = AttackSample.subject(AttackSample.plan(endpoints: names))
        let report = AttackSample.report(endpointCount: 3) { statistics in
            statistics.respond(10)
            statistics.respond(20, endpoint: 1, status: 500)
            statistics.endpoints[1].recordFailedResponse(.unexpectedStatus, "500")
        }
        let lines = text(report, subject: subject).split(separator: "\n").map(String.init)
        let start = lines.firstIndex { $0.hasPrefix("Endpoints") } ?? 0
        #expect(lines[start + 1].hasPrefix("  POST /日本/xx"))
        #expect(lines[start + 2].hasPrefix("  GET /kurz "))
        #expect(lines[start + 3].hasPrefix("  GET /never "))
        for line in lines[start...start + 3] {
            #expect(DisplayWidth.of(line) == DisplayWidth.of(lines[start]))
            #expect(DisplayWidth.of(line) <= 80)
        }
        #expect(lines.contains { $0.contains("1  POST /日本/") && $0.hasSuffix("500") })
    }

    @Test func `long lists are cut and say so`() {
        let count = AttackSummary.endpointsMax + 7
        let names = (0..<count).map { EndpointName(method: "GET", name: "/\($0)") }
        let subject = AttackSample.subject(AttackSample.plan(endpoints: names))
        let report = AttackSample.report(endpointCount: count) { statistics in
            for index in 0..<count { statistics.fail(1, .reset, "gone", endpoint: index) }
        }
        let summary = text(report, subject: subject)
        #expect(summary.contains("  and 7 more"))
        #expect(summary.contains("  and \(count - AttackSummary.failuresMax) more"))
    }

    @Test func `every warning says what to do, within the width`() {
        let warnings: [GeneratorWarning] = [
            .processorBusy(share: 0.974), .sendsLate(p99Microseconds: 2500),
            .arrivalsDropped(1000), .portsExhausted(3), .socketsExhausted(4),
        ]
        let report = AttackSample.report(warnings: warnings) { $0.respond(1) }
        let summary = text(report, columns: 60)
        let expected = [
            "97 % of its", "--threads 2", "2.50 ms", "1,000 requests", "--users",
            "ip_local_port_range", "ulimit -n",
        ]
        for words in expected { #expect(summary.contains(words)) }
        let lines = summary.split(separator: "\n").drop { !$0.hasPrefix("!") }
        #expect(lines.count { $0.hasPrefix("! ") } == warnings.count)
        #expect(lines.allSatisfy { $0.count <= 60 })
    }

    @Test func `the wait for the last answers thins out no rate`() {
        let report = AttackSample.report(elapsed: .seconds(15)) { $0.respond(100) }
        #expect(text(report).contains("Rate          10.0/s"))
    }

    @Test func `a stop rule and a failure of the engine say why`() {
        #expect(
            text(AttackSample.report(end: .stopRuleBroken("60 % failed"))).contains(
                "ended by its stop rule: 60 % failed"))
        #expect(
            text(AttackSample.report(end: .failed("no memory"))).contains(
                "ended as the engine could not go on: no memory"))
    }

    @Test(
        arguments: [
            (.durationElapsed, nil, 0), (.budgetSpent, nil, 0), (.stopped, 2, 130),
            (.durationElapsed, 15, 143), (.stopRuleBroken(""), nil, 3), (.failed(""), nil, 1),
            (.leaseExpired, nil, 1),
        ] as [(LoadEnd, Int32?, Int32)])
    func `the exit code tells how it ended`(end: LoadEnd, signal: Int32?, code: Int32) {
        let result = AttackSample.result(
            AttackSample.report(end: end) { $0.respond(1) }, signal: signal)
        #expect(AttackCommand.exitCode(of: result) == code)
    }

    @Test func `an attack without any success is no success`() {
        let failed = AttackSample.report { $0.fail(2, .reset, "gone") }
        #expect(AttackCommand.exitCode(of: AttackSample.result(failed)) == 3)
        #expect(AttackCommand.exitCode(of: AttackSample.result(AttackSample.report())) == 3)
    }
}

struct LatencyDistributionTests {
    @Test(arguments: [1, 2, 5, 100, 20_000])
    func `every response is in one row, and the rows are few`(count: Int) {
        var statistics = LoadStatistics(endpointCount: 1)
        statistics.respond(count)
        let histogram = statistics.total.latency
        let rows = LatencyDistribution.rows(histogram)
        #expect(rows.reduce(0) { $0 + $1.count } == UInt64(count))
        #expect((1...LatencyDistribution.rowsMax).contains(rows.count))
        #expect(rows.map(\.bound) == rows.map(\.bound).sorted())
        #expect((rows.last?.bound ?? 0) >= histogram.max)
    }

    @Test func `nothing has no rows, and the extremes have theirs`() {
        #expect(LatencyDistribution.rows(LoadStatistics(endpointCount: 1).total.latency) == [])
        var statistics = LoadStatistics(endpointCount: 1)
        statistics.endpoints[0].recordResponse(
            status: 200, latency: 0, serviceTime: nil, firstByte: 0)
        statistics.endpoints[0].recordResponse(
            status: 200, latency: 3_600_000_000_000, serviceTime: nil, firstByte: 0)
        let rows = LatencyDistribution.rows(statistics.total.latency)
        #expect(rows.first?.count == 1)
        #expect(rows.last?.count == 1)
    }
}
