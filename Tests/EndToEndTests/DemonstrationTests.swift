import Foundation
import TestSupport
import Testing

extension RunLifeTests {
    /// What `make run` does, but for the release build and the wait for Ctrl-C.
    @Test func `the demonstration runs a load test and ends all that it started`() async throws {
        let folder = try TemporaryFolder()
        let process = Process()
        process.executableURL = URL(filePath: LocustInstallation.current.python)
        process.arguments = [
            "locust/demo.py", "--once", "--seconds", "6", "--port", "0", "--binary",
            try Repository.program.path, "--folder", folder.path("demo"),
        ]
        process.currentDirectoryURL = Repository.root
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        defer { if process.isRunning { process.terminate() } }
        let output = String(
            decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(output)")
        #expect(output.contains("Finished: durationElapsed"))
        #expect(output.contains("both runs measured"))
    }
}
