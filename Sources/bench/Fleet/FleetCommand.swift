import Foundation
import JSON
import Networking

/// `bench fleet`: the real service with many fake masters, judged from outside.
enum FleetCommand {
    /// Starts on their way at once.
    private static let clientCount = 8
    /// From the last deadline to the last state that is looked at.
    private static let settleTime = Duration.seconds(3)
    private static let endPatience = Duration.seconds(30)

    static func run(_ arguments: [String]) throws {
        let settings = try FleetSettings(arguments)
        ChildProcess.holdSignals()
        FileLimit.raise()
        let tools = try Tools(engine: settings.program)
        let folder = try Folder()
        let masters = try startMasters(settings, tools, folder)
        let service = try FleetService(
            tools.swarmkeeper, ports: try ports(of: masters), interval: settings.interval)
        let before = service.usage()
        let runs = try start(settings, service)
        let started = service.usage()
        report(before, started, runs.count, settings)
        try pause(.seconds(settings.seconds * 0.9), beside: service)
        let steady = service.usage()
        let last = settings.seconds * 1.5 - settings.seconds * 0.9
        try pause(.seconds(last) + settleTime, beside: service)
        let ended = try states(of: runs, service)
        for child in [service.process, masters] {
            child.signal(SIGTERM)
            _ = try child.wait(atMost: endPatience)
        }
        let lines = try FleetLog.read(folder.path("log"))
        let verdict = FleetVerdict(lines, of: ended, settings, clock: ClockPair())
        let polls = lines.count {
            $0.what == .look && $0.time > started.time && $0.time < steady.time
        }
        Console.output(FleetTable.text(verdict, settings))
        Console.output(FleetTable.costs(from: started, to: steady, polls: polls, settings))
        Console.output(FleetTable.warnings(in: service.log))
        if let path = settings.report {
            try Data(verdict.json.encodedBytes).write(to: URL(filePath: path))
        }
        let problems = verdict.problems
        guard problems.isEmpty else { throw BenchError(problems.joined(separator: "\n       ")) }
        Console.output("all limits hold\n")
    }

    private static func startMasters(
        _ settings: FleetSettings, _ tools: Tools, _ folder: Folder
    ) throws -> ChildProcess {
        try ChildProcess(
            [
                tools.bench, "fake-masters", "--lifeline", "--masters", "\(settings.masters)",
                "--slow", "\(settings.slow)", "--dead", "\(settings.dead)",
                "--log", folder.path("log"),
            ], output: folder.path("masters"))
    }

    private static func ports(of masters: ChildProcess) throws -> [Int] {
        let end = MonotonicTime.now + endPatience
        while MonotonicTime.now < end {
            // The file is there once the program has begun to run.
            let text = (try? String(contentsOfFile: masters.output, encoding: .utf8)) ?? ""
            if text.hasPrefix("listening "), text.hasSuffix("\n") {
                return text.split(whereSeparator: \.isWhitespace).dropFirst().compactMap { Int($0) }
            }
            guard try masters.end(within: .milliseconds(20)) == nil else { break }
        }
        throw BenchError("the fake masters do not listen: \(masters.lastLines)")
    }

    /// One run on each cluster. Returns their ids in the order of the masters.
    private static func start(_ settings: FleetSettings, _ service: FleetService) throws
        -> [String]
    {
        let clients = try (0..<clientCount).map { _ in try service.client() }
        var ids: [String] = []
        for first in stride(from: 0, to: settings.masters, by: clientCount) {
            let batch = first..<min(first + clientCount, settings.masters)
            for (client, master) in zip(clients, batch) {
                try client.send(
                    "POST", "/v1/tests",
                    body: FleetService.body(
                        ofRunOn: master, seconds: settings.duration(of: master)))
            }
            for (client, master) in zip(clients, batch) {
                let answer = try client.receive()
                guard answer.status == 202, let id = answer.json["id"]?.text else {
                    throw BenchError("the start on master \(master): \(answer.json)")
                }
                ids.append(id)
            }
        }
        return ids
    }

    /// Waits, and fails at once when the service ends.
    private static func pause(_ time: Duration, beside service: FleetService) throws {
        guard let ended = try service.process.end(within: time) else { return }
        throw BenchError(
            "the service ended with \(ended.exitCode): \(service.process.lastLines)")
    }

    private static func states(of runs: [String], _ service: FleetService) throws
        -> [FleetVerdict.Run]
    {
        let client = try service.client()
        let format = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
        return try runs.enumerated().map { master, id in
            let json = try client.get("/v1/runs/\(id)").json
            return FleetVerdict.Run(
                id: id, master: master, deadline: try json["deadline"]?.text.map(format.parse),
                state: json["state"]?.text ?? "")
        }
    }

    private static func report(
        _ before: FleetService.Usage, _ started: FleetService.Usage, _ count: Int,
        _ settings: FleetSettings
    ) {
        let seconds = (started.time - before.time) / .seconds(1)
        Console.output(
            String(
                format: "%d starts accepted in %.1f s: %.0f a second\n", count, seconds,
                Double(count) / seconds))
    }
}
