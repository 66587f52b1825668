/// Every case with its goals, which come from what C programs, the peers and a prototype reached
/// on loopback.
enum Cases {
    static func all(with tools: Tools) -> [any Case] {
        closed(tools) + open(tools) + [StallCase(contestants: [rated(1_000, tools)])]
            + users(tools) + tls(tools) + connections(tools)
    }

    private static func closed(_ tools: Tools) -> [any Case] {
        func closed(
            _ name: CaseName, _ connections: Int, _ flags: [String], goal: Double,
            unacceptable: Double
        ) -> any Case {
            ThroughputCase(
                name: name,
                contestants: Contestant.wrk(tools.wrk) + [.engine(tools.swarmkeeper)],
                measures: [.ratio(to: "wrk", goal: goal, unacceptable: unacceptable)],
                connections: connections, server: { try TargetServer(flags, on: $0) })
        }
        return [
            closed(.closed64, 64, [], goal: 0.78, unacceptable: 0.85),
            closed(.closed1024, 1_024, [], goal: 0.78, unacceptable: 0.85),
            closed(.body100k, 64, ["--body", "100000"], goal: 0.60, unacceptable: 0.8),
            closed(.body1m, 64, ["--body", "1000000"], goal: 0.40, unacceptable: 0.8),
            ThroughputCase(
                name: .scripted64,
                contestants: Contestant.wrk(tools.wrk) + [.scriptedEngine(tools.swarmkeeper)],
                measures: [.ratio(to: "wrk", goal: 0.95, unacceptable: 1.2)],
                connections: 64, server: { try TargetServer(["--json"], on: $0) }),
        ]
    }

    private static func open(_ tools: Tools) -> [any Case] {
        let kept: [Measure] = [
            .noted(.rateError, digits: 4, goal: 0.01, unacceptable: 0.1),
            .noted(.dropped, digits: 0, goal: 0, unacceptable: 0),
        ]
        let rates: [any Case] = [(CaseName.open1k, 1_000), (.open10k, 10_000), (.open30k, 30_000)]
            .map { name, rate in
                OpenCase(
                    name: name, contestants: [rated(rate, tools)], measures: kept,
                    rate: Double(rate))
            }
        let punctual = OpenCase(
            name: .openLateness, contestants: [rated(10_000, tools, ["--tick", "exact"])],
            measures: [
                .noted(.latenessMedian, digits: 1, goal: 50),
                .noted(.latenessP99, digits: 1, goal: 250, unacceptable: 1_000),
                .noted(.timerMedian, digits: 1), .noted(.timerP99, digits: 1),
            ], rate: 10_000, showsTimer: true)
        return rates + [punctual, cheap(tools)]
    }

    /// Without wrk2, the peer with a rate, there is only wrk at full speed, whose batches no
    /// generator with a rate can have: a ratio to look at, without a goal.
    private static func cheap(_ tools: Tools) -> any Case {
        let peer =
            tools.wrk2 == nil
            ? Contestant.wrk(tools.wrk)
            : Contestant.wrk(tools.wrk2, named: "wrk2", ["-R10000"])
        return ThroughputCase(
            name: .openCPU,
            contestants: peer + [rated(10_000, tools, ["--tick", "1ms"])],
            measures: [
                tools.wrk2 == nil
                    ? .ratio(to: "wrk, full speed") : .ratio(to: "wrk2", goal: 1.0)
            ],
            connections: 100, server: { try TargetServer([], on: $0) })
    }

    private static func users(_ tools: Tools) -> [any Case] {
        let contestants = Contestant.wrk(tools.wrk) + [.engine(tools.swarmkeeper)]
        return [
            UsersCase(
                name: .memory10k, contestants: contestants,
                measures: [.noted(.memoryPerUser, digits: 2, goal: 4, unacceptable: 8)]),
            UsersCase(
                name: .connect10k, contestants: contestants,
                measures: [.noted(.connectSeconds, digits: 3, goal: 0.5, unacceptable: 1)]),
        ]
    }

    private static func tls(_ tools: Tools) -> [any Case] {
        guard tools.nginx != nil, tools.openssl != nil else { return [] }
        return [
            ThroughputCase(
                name: .https64,
                contestants: Contestant.wrk(tools.wrk)
                    + [.engine(tools.swarmkeeper, ["--insecure"])],
                measures: [.ratio(to: "wrk", goal: 0.92, unacceptable: 1.0)],
                connections: 64, server: { try NginxServer(on: $0) }),
            // wrk resumes its sessions, as the server's log tells: so does the engine then.
            ThroughputCase(
                name: .tlsHandshake,
                contestants: Contestant.wrk(tools.wrk, ["-H", "Connection: close"])
                    + [.engine(tools.swarmkeeper, ["--insecure", "--close", "--resume"])],
                measures: [.ratio(to: "wrk", goal: 1.0, unacceptable: 1.2)],
                connections: 64, server: { try NginxServer(on: $0) }),
        ]
    }

    private static func connections(_ tools: Tools) -> [any Case] {
        [
            ThroughputCase(
                name: .newConnection,
                contestants: Contestant.wrk(tools.wrk, ["-H", "Connection: close"])
                    + [.engine(tools.swarmkeeper, ["--close"])],
                measures: [.ratio(to: "wrk", goal: 0.97, unacceptable: 1.1)],
                connections: 64, server: { try TargetServer(["--close"], on: $0) }),
            ThroughputCase(
                name: .threads2,
                contestants: [
                    .engine(tools.swarmkeeper, named: "1 thread", ["--threads", "1"]),
                    .engine(tools.swarmkeeper, named: "2 threads", ["--threads", "2"]),
                ],
                measures: [.ratio(to: "1 thread")],
                connections: 64, isOnSharedCores: true, server: { try TargetServer([], on: $0) }),
        ]
    }

    private static func rated(_ rate: Int, _ tools: Tools, _ flags: [String] = []) -> Contestant {
        .engine(tools.swarmkeeper, ["-r", "\(rate)/s"] + flags)
    }
}
