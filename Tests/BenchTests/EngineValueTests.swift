import Testing

@testable import bench

struct EngineValueTests {
    @Test func `a metronome is neither late nor off its rate`() throws {
        let arrivals = try Arrivals(nanoseconds: (0..<1_000).map { Int64($0) * 1_000_000 })
        #expect(abs(arrivals.rate - 1_000) < 1e-6)
        #expect(arrivals.rateError(from: 1_000) < 1e-6)
        #expect(abs(arrivals.rateError(from: 2_000) - 50) < 1e-6)
        #expect(abs(arrivals.lateness(of: 0.99, at: 1_000)) < 1e-6)
    }

    @Test func `lateness is measured against the schedule and not between neighbours`() throws {
        // Bursts of ten: the first of each is nine intervals late, the last is on time.
        let times = (0..<1_000).map { Int64($0 / 10 * 10 + 9) * 1_000_000 }
        let arrivals = try Arrivals(nanoseconds: times)
        #expect(abs(arrivals.lateness(of: 0.5, at: 1_000) - 5_000) < 1_001)
        #expect(abs(arrivals.lateness(of: 0.99, at: 1_000) - 9_000) < 1)
    }

    @Test func `the truth counts from when requests were due to when responses left`() throws {
        // One request a millisecond; the last tenth is answered at the end, all at once.
        let times = (0..<1_000).map { Int64($0) * 1_000_000 }
        let departures = times.map { $0 < 900_000_000 ? $0 + 50_000 : 1_000_000_000 }
        let arrivals = try Arrivals(nanoseconds: times)
        func truth(_ share: Double) throws -> Double {
            try arrivals.responseMilliseconds(of: share, at: 1_000, leaving: departures.reversed())
        }
        #expect(abs(try truth(0.5) - 0.05) < 1e-6)
        #expect(abs(try truth(0.95) - 50) < 1e-6)
        #expect(abs(try truth(0.99) - 90) < 1e-6)
        #expect(throws: BenchError.self) {
            try arrivals.responseMilliseconds(of: 0.5, at: 1_000, leaving: [1])
        }
    }

    @Test func `a bare timer is never early`() throws {
        let timer = try BareTimer.measure(rate: 10_000, seconds: 0.02)
        #expect(try #require(timer.oversleep(of: 0)) >= 0)
        let some = BareTimer(microsecondsLate: [3, 1, 2, 4])
        #expect(some.oversleep(of: 0.5) == 3 && some.oversleep(of: 1) == 4)
    }

    @Test func `the warm-up is left out`() throws {
        let times = [0, 500] + (1_000...2_000).map { Int64($0) }
        let arrivals = try Arrivals(nanoseconds: times, skippedShare: 0.5)
        #expect(abs(arrivals.rate - 1e9) < 1)
        #expect(throws: BenchError.self) { try Arrivals(nanoseconds: [1, 2]) }
    }

    @Test(arguments: [
        (0.7, Verdict.reached), (0.78, .reached), (0.8, .shortOfGoal), (0.85, .shortOfGoal),
        (0.86, .notAcceptable),
    ])
    func `a value is judged by both limits`(value: Double, verdict: Verdict) {
        let measure = Measure.ratio(to: "wrk", goal: 0.78, unacceptable: 0.85)
        #expect(measure.verdict(on: value) == verdict)
        #expect(measure.verdict(on: nil) == .none)
        #expect(Measure.ratio(to: "wrk").verdict(on: value) == .none)
    }

    @Test func `the busy time of some processors is summed without waiting`() {
        let lines = [
            "cpu  10 20 30 1000 50 6 7 8 0 0", "cpu0 1 2 3 400 5 6 7 8 9 0",
            "cpu1 10 20 30 400 5 60 70 80 9 0", "intr 1",
        ]
        #expect(Processors.busyTicks(lines, of: ["cpu0"]) == 27)
        #expect(Processors.busyTicks(lines, of: ["cpu0", "cpu1"]) == 297)
        #expect(Processors.busyTicks([], of: ["cpu"]) == 0)
    }

    @Test func `nginx's page of counters is understood`() {
        let page = """
            HTTP/1.1 200 OK\r
            Content-Type: text/plain\r
            \r
            Active connections: 1 \nserver accepts handled requests\n 7 7 31 \nReading: 0
            """
        #expect(StubStatus.requests(in: page) == 31)
        #expect(StubStatus.requests(in: "HTTP/1.1 404 Not Found\r\n\r\n") == nil)
    }

    @Test func `ratios are taken within a round and the median of the rounds counts`() throws {
        func run(_ cpu: Double) -> Run {
            Run(requests: 1_000, seconds: 1, cpuSeconds: cpu, othersShare: cpu / 100)
        }
        let each = ThroughputCase(
            name: .closed64,
            contestants: Contestant.wrk("/wrk") + [.engine("/engine")],
            measures: [.ratio(to: "wrk", goal: 0.78, unacceptable: 0.85)], connections: 1,
            server: { _ in throw BenchError("not to be started") })
        let rounds = [(1.0, 0.5), (10, 8), (2, 1.6)].map {
            ["wrk": run($0), "swarmkeeper": run($1)]
        }
        let result = CaseResult(of: each, rounds: rounds)
        let finding = try #require(result.rows.last?.findings.first)
        #expect(result.rows.map(\.contestant) == ["wrk", "swarmkeeper"])
        #expect(finding.value == 0.8)
        #expect(finding.verdict == .shortOfGoal)
        #expect(result.rows[0].findings[0].verdict == nil)
        let lines = ResultTable.lines(for: result).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1].contains("<= 0.78"))
        #expect(lines[1].contains("short of goal"))
        #expect(lines[1].hasSuffix("8.0 %!"))
    }

    @Test func `settings are read, and cases that are none refused`() throws {
        let settings = try EngineSettings(["--rounds", "1", "--seconds", "0.3", "stall"])
        #expect(settings.rounds == 1)
        #expect(settings.seconds == 0.3)
        #expect(settings.wants(.stall))
        #expect(!settings.wants(.closed64))
        #expect(EngineSettings().wants(.closed64))
        #expect(throws: UsageError.self) { try EngineSettings(["closed65"]) }
    }

    @Test func `every name has a case where all tools are there`() throws {
        var tools = try Tools(engine: "/bin/sh")
        tools.nginx = "/nginx"
        tools.openssl = "/openssl"
        #expect(Cases.all(with: tools).map(\.name).sorted() == CaseName.allCases.sorted())
    }
}

extension CaseName: Comparable {
    public static func < (left: CaseName, right: CaseName) -> Bool {
        left.rawValue < right.rawValue
    }
}
