import Glibc
import Networking

/// What all cases share: the programs, where they run, for how long, and a folder for their files.
final class Course {
    /// How much longer than asked a contestant may take: its start and its end, and responses that
    /// it waits for.
    private static let overtime = Duration.seconds(60)
    /// Between two looks at a process's memory, whose peak is what the kernel remembers.
    private static let memoryInterval = Duration.milliseconds(50)

    let settings: EngineSettings
    let tools: Tools
    let folder: Folder
    let targetPinning: Pinning
    let enginePinning: Pinning
    /// What is measured by contestants that need more than one core.
    let sharedPinning: Pinning
    private let cores: [Int]?

    init(_ settings: EngineSettings, tools: Tools) throws {
        self.settings = settings
        self.tools = tools
        folder = try Folder()
        if Processors.count > 1, let taskset = tools.taskset {
            targetPinning = .only(cores: [0], taskset: taskset)
            enginePinning = .only(cores: [1], taskset: taskset)
            sharedPinning = .only(cores: [0, 1], taskset: taskset)
            cores = [0, 1]
        } else {
            (targetPinning, enginePinning, sharedPinning) = (.anywhere, .anywhere, .anywhere)
            cores = nil
        }
    }

    var remarks: [String] {
        Processors.count > 1
            ? [] : ["one core only: nothing is pinned, and target and engine share"]
    }

    /// Lets a contestant loose on a server, and ends the server.
    ///
    /// - Parameter watch: called with the process now and then while it runs.
    func shoot(
        _ contestant: Contestant, at server: any Server, connections: Int, seconds: Double,
        on pinning: Pinning? = nil, watching memory: Bool = false
    ) throws -> Run {
        let command = try contestant.command(
            Contestant.Shot(
                url: server.url, connections: connections, seconds: seconds, report: report,
                folder: folder))
        unlink(report)
        let (busy, start) = (Processors.busySeconds(of: cores), MonotonicTime.now)
        let process = try ChildProcess(
            command, on: pinning ?? enginePinning, output: folder.path("contestant.out"))
        let patience = Duration.seconds(seconds) + Self.overtime
        let peak = memory ? try watchMemory(of: process, atMost: patience) : nil
        let ended = try process.wait(atMost: patience)
        let wall = (MonotonicTime.now - start) / .seconds(1)
        let busyMeanwhile = Processors.busySeconds(of: cores) - busy
        let served = try server.finish()
        guard served.requests > 0 else {
            throw BenchError("\(contestant.name) sent nothing: \(process.lastLines)")
        }
        let others = busyMeanwhile - ended.cpuSeconds - served.cpuSeconds
        let coreCount = cores?.count ?? Processors.count
        var run = Run(
            requests: served.requests, seconds: served.seconds ?? wall,
            cpuSeconds: ended.cpuSeconds, othersShare: max(0, others / wall / Double(coreCount)),
            peakKiB: peak)
        if ended.exitCode != 0 {
            run.remarks.append(
                "\(contestant.name) ended with \(ended.exitCode): \(process.lastLines)")
        }
        if contestant.isOurs { run.remarks += try remarks(onCountsOf: served) }
        return run
    }

    /// What the contestant of the last shot says about itself.
    func engineReport() throws -> EngineReport { try EngineReport(path: report) }

    private var report: String { folder.path("report.json") }

    /// The target's count is the truth: each request that the engine calls answered reached it,
    /// and of those in flight at the end as many as were not cut off by closing.
    private func remarks(onCountsOf served: Served) throws -> [String] {
        let report = try engineReport()
        let most = report.totalRequests + report.inFlightAtEnd
        guard !(report.totalRequests...max(report.totalRequests, most)).contains(served.requests)
        else { return [] }
        return [
            "the target counted \(served.requests) requests, the engine \(report.totalRequests) "
                + "and \(report.inFlightAtEnd) in flight"
        ]
    }

    private func watchMemory(of process: ChildProcess, atMost patience: Duration) throws -> Int? {
        let deadline = MonotonicTime.now + patience
        var peak: Int?
        repeat {
            peak = Processors.peakMemory(of: process.id) ?? peak
        } while try process.end(within: Self.memoryInterval) == nil && .now < deadline
        return peak
    }
}
