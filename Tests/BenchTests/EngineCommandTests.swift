import Foundation
import TestSupport
import Testing

@testable import bench

/// Every benchmark once on tiny input, so that none rots. What it measures is nobody's business
/// here.
@Suite(.serialized) struct EngineCommandTests {
    /// Only what runs without peers: they take whole seconds, and not every machine has them.
    private static func path(in folder: TemporaryFolder) throws -> String {
        for tool in ["taskset", "openssl"] where access("/usr/bin/\(tool)", X_OK) == 0 {
            try FileManager.default.createSymbolicLink(
                atPath: folder.path(tool), withDestinationPath: "/usr/bin/\(tool)")
        }
        return folder.path("")
    }

    @Test(arguments: CaseName.allCases)
    func `a benchmark runs and counts`(name: CaseName) throws {
        let folder = try TemporaryFolder()
        let result = try BuiltProgram.run(
            "bench",
            ["engine", "--rounds", "1", "--seconds", "0.2", "--users", "50", name.rawValue],
            environment: ["PATH": try Self.path(in: folder)])
        #expect(result.exitCode == 0, "\(result.output)")
        if result.output.contains("no TLS"), [.https64, .tlsHandshake].contains(name) { return }
        let lines = result.output.split(separator: "\n").map { $0.split(separator: " ") }
        let rows = lines.filter { $0.first == name.rawValue[...] }
        #expect(!rows.isEmpty, "\(result.output)")
        for row in rows {
            // Two words name a contestant of `threads2`.
            let numbers = row.dropFirst().compactMap { Double($0) }.filter { $0 > 2 }
            #expect((numbers.first ?? 0) > 0, "\(result.output)")
        }
        #expect(!result.output.contains("the target counted"), "\(result.output)")
    }

    @Test func `a wrong command line is told and ends with 2`() throws {
        for words in [[], ["nothing"], ["engine", "nothing"], ["target", "--port", "x"]] {
            let result = try BuiltProgram.run("bench", words)
            #expect(result.exitCode == 2)
            #expect(result.output.contains("usage:"))
        }
    }

    @Test func `the target of the command line listens, and ends with its parent`() throws {
        // Standard input is at its end from the beginning.
        let result = try BuiltProgram.run("bench", ["target", "--lifeline"])
        let lines = result.output.split(separator: "\n")
        #expect(lines.first?.hasPrefix("listening ") == true)
        #expect(lines.last.flatMap { TargetCommand.Summary($0) }?.requests == 0)
        #expect(result.exitCode == 0)
    }
}
