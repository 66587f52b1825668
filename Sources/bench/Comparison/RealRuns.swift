import Comparison
import Foundation

/// Runs of one build, made here or read from a file.
enum RealRuns {
    /// - Parameter onRun: called with each run as it is over.
    static func get(
        _ settings: ComparisonSettings, onRun: (Comparison.Course) -> Void = { _ in }
    ) throws -> [Comparison.Course] {
        if let file = settings.source { return try RunsFile.read(file) }
        ChildProcess.holdSignals()
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = try Folder()
        let target = try TargetServer(
            ["--delay", settings.delay], program: program, in: folder)
        let file = try settings.file.map(open)
        var runs: [Comparison.Course] = []
        for _ in 0..<settings.realRuns {
            let run = try RealRun.measure(
                target.url, rate: settings.rate, seconds: settings.seconds)
            runs.append(run)
            try file?.write(contentsOf: Data(RunsFile.lines(of: run).utf8))
            onRun(run)
        }
        _ = try target.finish()
        return runs
    }

    private static func open(_ path: String) throws -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw BenchError("\(path) cannot be written") }
        return file
    }
}
