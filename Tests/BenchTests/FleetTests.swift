import Foundation
import JSON
import TestSupport
import Testing

@testable import bench

/// The service with many masters. How fast it is is nobody's business here; that slow and dead
/// masters are nobody else's is.
@Suite(.serialized) struct FleetTests {
    @Test func `masters that are slow or dead keep no other from being polled and stopped`() throws
    {
        let folder = try TemporaryFolder()
        let result = try BuiltProgram.run(
            "bench",
            [
                "fleet", "--masters", "40", "--slow", "4", "--dead", "4", "--seconds", "5",
                "--report", folder.path("report"),
            ])
        let report = try JSONReader.document(
            Array(try Data(contentsOf: URL(filePath: folder.path("report")))))
        func count(_ kind: FleetKind, _ name: String) -> Int {
            report[kind.rawValue]?[name]?.integer ?? -1
        }
        for kind in FleetKind.allCases {
            #expect(count(kind, "began") == count(kind, "runs"), "\(result.output)")
            #expect(count(kind, "overlaps") == 0, "\(result.output)")
            #expect(count(kind, "ends") == count(kind, "runs"), "\(result.output)")
        }
        #expect(count(.healthy, "runs") == 32)
        #expect(
            count(.healthy, "polls") * 2 >= count(.healthy, "pollsExpected"), "\(result.output)")
        #expect(count(.healthy, "stops") == count(.healthy, "runs"), "\(result.output)")
        #expect(count(.slow, "stops") == count(.slow, "runs"), "\(result.output)")
    }

    @Test func `faults are dealt out from the first master on`() throws {
        let settings = try FakeMastersSettings([
            "--masters", "6", "--slow", "1", "--dead", "3", "--restarted", "1",
        ])
        #expect(
            (0..<6).map(settings.fault) == [
                .slow(.seconds(5)), .refusing, .refusing, .silent, .restarted, .none,
            ])
    }

    @Test(arguments: [
        ["--masters", "0"], ["--masters", "2", "--slow", "1", "--dead", "2"], ["nothing"],
    ])
    func `a wrong command line of the masters is refused`(words: [String]) {
        #expect(throws: UsageError.self) { try FakeMastersSettings(words) }
    }
}
