import Glibc
import Networking

/// Something to shoot at, running, which counts what reaches it.
protocol Server {
    var url: String { get }

    /// Ends it and tells what it counted.
    func finish() throws -> Served
}

struct Served {
    let requests: Int
    /// From the first to the last request; nil from who does not know.
    let seconds: Double?
    let cpuSeconds: Double
}

/// `bench target` as a process of its own.
final class TargetServer: Server {
    /// Also for its start on a machine that is busy with other things.
    private static let patience = Duration.seconds(20)

    let url: String
    private let process: ChildProcess

    convenience init(_ flags: [String], on course: Course) throws {
        try self.init(
            flags, program: course.tools.bench, on: course.targetPinning, in: course.folder)
    }

    /// - Parameter program: this one.
    init(
        _ flags: [String], program: String, on cores: Pinning = .anywhere, in folder: Folder
    ) throws {
        process = try ChildProcess(
            [program, "target", "--lifeline"] + flags, on: cores,
            output: folder.path("target.out"))
        url = "http://127.0.0.1:\(try Self.port(of: process))/"
    }

    func finish() throws -> Served {
        process.signal(SIGTERM)
        let ended = try process.wait(atMost: Self.patience)
        guard let line = TextFile.lines(of: process.output).last,
            let summary = TargetCommand.Summary(line)
        else { throw BenchError("the target ended badly: \(process.lastLines)") }
        return Served(
            requests: summary.requests, seconds: summary.seconds, cpuSeconds: ended.cpuSeconds)
    }

    private static func port(of process: ChildProcess) throws -> Int {
        let deadline = MonotonicTime.now + patience
        while MonotonicTime.now < deadline {
            let words = TextFile.lines(of: process.output).first?.split(separator: " ") ?? []
            if words.first == "listening", let port = words.dropFirst().first.flatMap({ Int($0) }) {
                return port
            }
            if try process.end(within: .milliseconds(2)) != nil { break }
        }
        throw BenchError("the target does not start: \(process.lastLines)")
    }
}
