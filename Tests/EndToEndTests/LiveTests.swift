import Foundation
import JSON
import TestSupport
import Testing

/// Streams over real sockets, read by curl and by `swarmkeeper watch`.
@Suite(.serialized) struct LiveTests {
    @Test func `numbers of a native run come within moments of its start, and none is missing`()
        async throws
    {
        try await withNativeScene { scene in
            let id = try await scene.start(seconds: 6)
            let stream = try LiveStream(scene.service, "/v1/runs/\(id)/events")
            _ = try await stream.next("sample")
            let arrival = Date()
            let run = try await scene.run(id) { $0["startedAt"]?.text != nil }
            let started = try #require(run["startRequestedAt"]?.text.flatMap(date))
            print("first numbers \(arrival.timeIntervalSince(started)) s after the order")
            // Of a machine that is busy no more can be asked.
            #expect(arrival.timeIntervalSince(started) < 30)
            let over = try await scene.over(id)
            #expect(await stream.ends())
            let samples = stream.events.filter { $0.name == "sample" }
            let total = over["lastMetrics"]?["totalRequests"]?.integer
            #expect(stream.counted == total)
            // One each second, where the machine has the time.
            #expect(samples.count >= 2)
            let series = try await scene.service.client().get("/v1/runs/\(id)/metrics")
            let points = series["points"]?.items ?? []
            #expect(points.reduce(0) { $0 + ($1["requests"]?.integer ?? 0) } == total)
            #expect(stream.events.last?.name == "end")
            #expect(stream.events.first?.name == "run")
            #expect(stream.events.last { $0.name == "run" }?.data == over)
        }
    }

    @Test func `cut connections lose nothing and repeat nothing`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start(seconds: 8)
            var (last, counts, ids): (String?, Int?, [String]) = (nil, nil, [])
            var isOver = false
            while !isOver {
                let stream = try LiveStream(scene.service, "/v1/runs/\(id)/events", after: last)
                _ = await eventually {
                    stream.events.count { $0.name == "sample" } >= 2
                        || stream.events.last?.name == "end"
                }
                // Cut wherever it is.
                stream.cut()
                let events = stream.events
                #expect(last == nil || !events.contains { $0.name == "reset" })
                counts = counts.map { $0 + stream.sampled } ?? stream.counted
                ids += events.filter { $0.name == "sample" }.map { $0.id ?? "" }
                last = events.last?.id ?? last
                isOver = events.last?.name == "end"
            }
            let over = try await scene.over(id)
            #expect(counts == over["lastMetrics"]?["totalRequests"]?.integer)
            #expect(Set(ids).count == ids.count)
        }
    }

    @Test func `a slow reader is let go while the run goes on`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start(seconds: 60)
            _ = try await scene.running(id)
            let slow = try LiveStream(
                scene.service, "/v1/runs/\(id)/events", words: ["--limit-rate", "1"])
            let stream = try LiveStream(scene.service, "/v1/runs/\(id)/events")
            for _ in 0..<3 { _ = try await stream.next("sample") }
            slow.cut()
            _ = try await scene.service.client().post("/v1/runs/\(id)/stop")
            #expect(await stream.ends())
            #expect(try await scene.over(id)["state"]?.text == "Finished")
        }
    }

    @Test func `fifty watchers cost a run nothing that its engine can see`() async throws {
        try await withNativeScene(users: 100) { scene in
            let alone = try await cost(of: 0, scene)
            let watched = try await cost(of: 50, scene)
            print(
                "loop lag up to \(alone.lag) ms alone, \(watched.lag) ms with 50 watchers, "
                    + "ratio \(watched.lag / max(alone.lag, 0.001)); \(alone.requests) and "
                    + "\(watched.requests) requests; "
                    + "the service has \(watched.kilobytes - alone.kilobytes) KiB more")
            // As generous as a machine demands on which others are at work.
            #expect(watched.lag < alone.lag * 20 + 500)
            #expect(watched.kilobytes - alone.kilobytes < 100_000)
        }
    }

    private struct Cost {
        /// In milliseconds, at the worst.
        let lag: Double
        let requests: Int
        let kilobytes: Int
    }

    private func cost(of watchers: Int, _ scene: NativeScene) async throws -> Cost {
        let id = try await scene.start(users: 20, seconds: 8)
        let streams = try (0..<watchers).map { _ in
            try LiveStream(scene.service, "/v1/runs/\(id)/events")
        }
        let over = try await scene.over(id)
        #expect(over["endReason"]?.text == "durationElapsed")
        for stream in streams {
            #expect(await stream.ends())
            #expect(stream.events.last?.name == "end")
        }
        let summary = try await scene.service.client().get("/v1/runs/\(id)/summary")
        return Cost(
            lag: summary["engine"]?["loopLagMaxMs"]?.number ?? 0,
            requests: over["lastMetrics"]?["totalRequests"]?.integer ?? 0,
            kilobytes: try residentKilobytes(scene.service.program.id))
    }

    private func residentKilobytes(_ pid: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first)
    }

    @Test func `watch shows a run to its end and exits by it`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start(seconds: 4)
            let environment = [
                "SWARMKEEPER_TOKEN": Service.administrator,
                "SWARMKEEPER_URL": scene.service.baseURL,
            ]
            let plain = try Program(["watch", id], environment: environment)
            let json = try Program(["watch", id, "--json"], environment: environment)
            #expect(try await plain.exitCode() == 0)
            #expect(try await json.exitCode() == 0)
            let total = try await scene.over(id)["lastMetrics"]?["totalRequests"]?.integer ?? 0
            let last = plain.output.split(separator: "\n").last ?? ""
            #expect(last.hasPrefix("Finished  (durationElapsed)"), "\(plain.output)")
            #expect(last.replacing(",", with: "").contains("\(total) requests"))
            let events = json.output.split(separator: "\n").compactMap { JSONValue(String($0)) }
            #expect(events.first?["event"]?.text == "run")
            #expect(events.last?["event"]?.text == "end")
            // A run that is over is told all the same.
            #expect(try await Program(["watch", id], environment: environment).exitCode() == 0)
            let unknown = try Program(["watch", "nobody"], environment: environment)
            #expect(try await unknown.exitCode() == 3)
        }
    }

    @Test func `Ctrl-C ends the watching and not the run`() async throws {
        try await withNativeScene { scene in
            let id = try await scene.start(seconds: 120)
            _ = try await scene.running(id)
            let watch = try Program(
                ["watch", id, "--url", scene.service.baseURL],
                environment: ["SWARMKEEPER_TOKEN": Service.administrator])
            #expect(await eventually { watch.output.contains("requests") })
            watch.signal(SIGINT)
            #expect(try await watch.exitCode() == 130)
            #expect(watch.output.contains("the run goes on"))
            #expect(try await scene.running(id)["state"]?.text == "Running")
            _ = try await scene.service.client().post("/v1/runs/\(id)/stop")
            _ = try await scene.over(id)
        }
    }

    private func date(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }
}

/// A stream as curl reads it.
private final class LiveStream {
    struct Event: Equatable {
        var id: String?
        var name = ""
        var data: JSONValue = .null
    }

    private let pid: pid_t
    private let folder: TemporaryFolder
    private var handedOut = 0
    private var hasEnded = false

    init(
        _ service: Service, _ path: String, after id: String? = nil, words: [String] = []
    ) throws {
        folder = try TemporaryFolder()
        var command = [
            "curl", "--silent", "--show-error", "--no-buffer", "--max-time", "600", "--header",
            "Authorization: Bearer \(Service.administrator)", service.baseURL + path,
        ]
        if let id { command += ["--header", "Last-Event-ID: \(id)"] }
        pid = try spawn(command + words, output: folder.path("output"))
    }

    deinit { cut() }

    func cut() {
        guard !hasEnded else { return }
        hasEnded = true
        kill(pid, SIGKILL)
        _ = awaitExit(of: pid)
    }

    /// Those that have come whole.
    var events: [Event] {
        // Not there before curl has begun to write.
        let text = (try? String(contentsOfFile: folder.path("output"), encoding: .utf8)) ?? ""
        let end = text.range(of: "\n\n", options: .backwards)?.upperBound ?? text.startIndex
        return text[..<end].split(separator: "\n\n").compactMap { block in
            var event = Event()
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1)
                let value = parts.count > 1 ? String(parts[1].dropFirst()) : ""
                switch parts.first {
                case "id": event.id = value
                case "event": event.name = value
                case "data": event.data = JSONValue(value) ?? .null
                default: break
                }
            }
            return event.name.isEmpty ? nil : event
        }
    }

    /// Requests of all samples.
    var sampled: Int { sampled(since: .distantPast) }

    /// Requests of the run so far: those that it had at the beginning, and of the samples behind
    /// that.
    var counted: Int {
        let first = events.first?.data["lastMetrics"]
        return (first?["totalRequests"]?.integer ?? 0)
            + sampled(since: Self.date(first?["timestamp"]?.text) ?? .distantPast)
    }

    private func sampled(since time: Date) -> Int {
        events.filter { event in
            // What is stored is rounded to milliseconds.
            let start = Self.date(event.data["time"]?.text) ?? .distantPast
            return event.name == "sample" && start >= time.addingTimeInterval(-0.05)
        }.reduce(0) { $0 + ($1.data["requests"]?.integer ?? 0) }
    }

    private static func date(_ text: String?) -> Date? {
        text.flatMap {
            try? Date($0, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        }
    }

    /// The next event of this name, which those before it are passed over for.
    func next(_ name: String) async throws -> JSONValue {
        var found: JSONValue?
        _ = await eventually {
            for (index, event) in events.enumerated().dropFirst(handedOut)
            where event.name == name {
                (found, handedOut) = (event.data, index + 1)
                return true
            }
            return false
        }
        guard let found else { throw HarnessError("no \(name) in \(events.map(\.name))") }
        return found
    }

    /// Whether the service ends the stream.
    func ends() async -> Bool {
        guard !hasEnded else { return true }
        hasEnded = await eventually {
            var status = siginfo_t()
            return waitid(P_PID, id_t(pid), &status, WEXITED | WNOHANG | WNOWAIT) == 0
                && status.si_code != 0
        }
        if hasEnded { _ = awaitExit(of: pid) }
        return hasEnded
    }
}
