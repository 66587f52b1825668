import Comparison
import Foundation

/// Runs of one build, made here or read from a file.
enum RealRuns {
    static func report(_ settings: ComparisonSettings) throws {
        let runs = try get(settings)
        Console.output("\(runs.count) runs of one build\n\(Hits.head)")
        for (name, count) in [("the run before", 1), ("the median of the 5 runs before", 5)] {
            for (build, slower) in [("", 0.0), (", 30 % slower", 0.3), (", twice as slow", 1)] {
                let hits = hits(among: runs, medianOf: count, slower: slower)
                Console.output(
                    "against \(name)\(build): \(hits.comparisons) comparisons\n\(hits.text)")
            }
        }
    }

    /// Each run beside those before it, as soon as there are enough.
    ///
    /// - Parameter share: by which the later one is made slower.
    static func hits(
        among runs: [Comparison.Course], medianOf count: Int, slower share: Double,
        drawCount: Int = 400
    ) -> Hits {
        var hits = Hits()
        let first = max(count, CourseComparison.runsMin)
        for number in runs.indices.dropFirst(first) {
            var compared = ComparedRuns(last: Array(runs[...number]), medianOf: count)
            if share > 0 { compared.after = compared.after.slower(by: share) }
            hits.add(compared, seed: UInt64(number), drawCount: drawCount)
        }
        return hits
    }

    private static func get(_ settings: ComparisonSettings) throws -> [Comparison.Course] {
        if let file = settings.source { return try RunsFile.read(file) }
        ChildProcess.holdSignals()
        let program = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let folder = try Folder()
        let target = try TargetServer(["--delay", settings.delay], program: program, in: folder)
        let file = try settings.file.map(open)
        var runs: [Comparison.Course] = []
        for _ in 0..<settings.realRuns {
            let run = try RealRun.measure(
                target.url, rate: settings.rate, seconds: settings.seconds)
            runs.append(run)
            try file?.write(contentsOf: Data(RunsFile.lines(of: run).utf8))
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
