import Comparison
import Testing

@testable import bench

struct ComparisonTests {
    @Test func `every situation is compared`() throws {
        var settings = ComparisonSettings()
        settings.pairs = 1
        for kind in ComparisonCommand.kinds {
            var short = kind
            (short.seconds, short.rate) = (20, 5)
            let hits = ComparisonCommand.hits(short, settings, drawCount: 100)
            #expect(hits.comparisons == 1)
            #expect(hits.text.split(separator: "\n").count == Hits.figures.count)
        }
    }

    @Test func `what is three times as slow is found, and its errors are not`() throws {
        var settings = ComparisonSettings()
        settings.pairs = 3
        let kind = SimulatedRuns.Kind(
            name: "slow", seconds: 40, rate: 20, history: 4, slower: 2)
        let hits = ComparisonCommand.hits(kind, settings, drawCount: 100)
        for counts in [hits.different, hits.broken, hits.beyondSeconds] {
            #expect(counts[.mean] == 3 && counts[.percentile(95)] == 3)
        }
        #expect(hits == ComparisonCommand.hits(kind, settings, drawCount: 100))
        var unknown = kind
        unknown.history = 0
        let alone = ComparisonCommand.hits(unknown, settings, drawCount: 100)
        #expect(alone.different.isEmpty && alone.beyondSeconds[.mean] == 3)
    }

    @Test func `runs in a row are compared with those before, as they were kept`() throws {
        var simulated = SimulatedRuns(seed: 3)
        let kind = SimulatedRuns.Kind(name: "six", seconds: 20, rate: 20, history: 4)
        let made = simulated.compared(kind)
        let runs = made.history + made.before + [made.after]
        let folder = try Folder()
        let file = try folder.write(runs.map(RunsFile.lines).joined(), to: "runs")
        let read = try RunsFile.read(file)
        #expect(read.map { $0.intervals.count } == runs.map { $0.intervals.count })
        let hits = RealRuns.hits(among: read, medianOf: 1, slower: 4, drawCount: 100)
        #expect(hits.comparisons == 3 && hits.broken[.mean] == 3)
        #expect(hits == RealRuns.hits(among: runs, medianOf: 1, slower: 4, drawCount: 100))
        let median = ComparedRuns(last: read, medianOf: 3, tellingMax: 4)
        #expect(median.before.count == 3 && median.history.count == 1)
        let damaged = try folder.write("1 2 3", to: "damaged")
        #expect(throws: BenchError.self) { try RunsFile.read(damaged) }
    }

    @Test func `a real run has its seconds, without the first`() throws {
        let folder = try Folder()
        let target = try TargetServer([], program: BuiltProgram.path("bench"), in: folder)
        let run = try RealRun.measure(target.url, rate: 100, seconds: 2)
        _ = try target.finish()
        // A machine that is busy may tell of both seconds at once.
        #expect(run.intervals.count <= 1)
        #expect(run.intervals.allSatisfy { $0.requests > 0 && !$0.responseTimes.isEmpty })
    }

    @Test func `a share has Wilson's interval`() {
        let share = Share(of: 5, among: 100)
        #expect(abs(share.range.lowerBound - 0.0215) < 0.001)
        #expect(abs(share.range.upperBound - 0.1118) < 0.001)
        #expect(Share(of: 0, among: 10).range.lowerBound == 0)
        #expect(Share(of: 10, among: 10).text.hasPrefix("100.0 % ("))
    }

    @Test func `options are read`() throws {
        #expect(try ComparisonSettings(["--pairs", "7", "--seed", "3"]).pairs == 7)
        let real = try ComparisonSettings(["--real", "5", "--seconds", "30", "--save", "runs"])
        #expect(real.isReal && real.realRuns == 5 && real.seconds == 30 && real.file == "runs")
        #expect(try ComparisonSettings(["--from", "runs"]).isReal)
        #expect(throws: UsageError.self) { try ComparisonSettings(["--seconds", "21"]) }
        #expect(throws: UsageError.self) { try ComparisonSettings(["--pairs", "0"]) }
        #expect(throws: UsageError.self) { try ComparisonSettings(["x"]) }
    }
}
