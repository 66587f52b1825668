import Comparison
import Testing

@testable import bench

struct ComparisonTests {
    @Test func `every situation is compared`() throws {
        var settings = ComparisonSettings()
        settings.pairs = 1
        for kind in ComparisonCommand.kinds {
            var short = kind
            short.seconds = 20
            #expect(ComparisonCommand.hits(short, settings).values.allSatisfy { $0 <= 1 })
        }
    }

    @Test func `what is twice as slow is found, and its errors are not`() throws {
        var settings = ComparisonSettings()
        settings.pairs = 3
        let kind = SimulatedRuns.Kind(name: "slow", seconds: 40, slower: 1)
        let hits = ComparisonCommand.hits(kind, settings)
        #expect(hits[.mean] == 3 && hits[.percentile(95)] == 3)
        #expect(hits == ComparisonCommand.hits(kind, settings))
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
        #expect(throws: UsageError.self) { try ComparisonSettings(["--pairs", "0"]) }
        #expect(throws: UsageError.self) { try ComparisonSettings(["x"]) }
    }
}
