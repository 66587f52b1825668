import Foundation
import TestSupport
import Testing

extension RunLifeTests {
    /// What `make run` does, but for the release build and the wait for Ctrl-C.
    @Test func `the demonstration runs a load test and ends all that it started`() async throws {
        let folder = try TemporaryFolder()
        let words = [
            "locust/demo.py", "--once", "--seconds", "6", "--port", "0", "--binary",
            try Repository.program.path, "--folder", folder.path("demo"),
        ]
        let demonstration = try Program(
            executable: URL(filePath: LocustInstallation.current.python), words,
            folder: Repository.root)
        defer { demonstration.signal(SIGTERM) }
        let code = try await demonstration.exitCode()
        let output = demonstration.output
        #expect(code == 0, "\(output)")
        #expect(output.contains("Finished: durationElapsed"))
        #expect(output.contains("both runs measured"))
    }
}
