import Foundation
import TestSupport

/// A client that others have written.
enum Curl {
    /// What it writes to both of its outputs, and how it ends.
    struct Outcome {
        let code: Int32
        let text: String
    }

    /// - Parameter words: beside those for silence and a limit of time.
    static func run(_ words: String...) async throws -> Outcome {
        try await shell(["curl", "--silent", "--show-error", "--max-time", "60"] + words)
    }

    static func shell(_ words: [String]) async throws -> Outcome {
        let folder = try TemporaryFolder()
        let status = try await exitStatus(of: try spawn(words, output: folder.path("output")))
        return Outcome(
            code: status >> 8,
            text: try String(contentsOfFile: folder.path("output"), encoding: .utf8))
    }
}
