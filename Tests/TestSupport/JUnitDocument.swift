import Foundation

/// Results of JUnit, by the schema of Jenkins and as a library of others reads them.
package struct JUnitDocument: Decodable, Sendable {
    package struct Suite: Decodable, Sendable {
        package let name: String
        /// Its tests, failures, errors and skipped ones, as it says itself.
        package let said: [Int]
        /// The same, as they are.
        package let counted: [Int]
        package let properties: [String: String]
        package let cases: [Case]
    }

    package struct Case: Decodable, Sendable {
        package let name: String
        package let seconds: Double
        /// Empty for one that passed.
        package let outcomes: [Outcome]
    }

    package struct Outcome: Decodable, Sendable {
        /// `failure`, `error` or `skipped`.
        package let kind: String
        package let message: String?
    }

    package struct NotRead: Error {
        package let output: String
    }

    /// What the schema has against it.
    package let faults: [String]
    package let suites: [Suite]

    /// Reads files, all at once.
    package static func read(_ paths: [String]) async throws -> [JUnitDocument] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let folder = try TemporaryFolder()
        let output = folder.path("output")
        let words = [".venv-contract/bin/python", "Tests/Contract/read_junit.py"].map {
            root.appending(path: $0).path
        }
        let status = try await exitStatus(of: try spawn(words + paths, output: output))
        let text = try String(contentsOfFile: output, encoding: .utf8)
        let lines = text.split(separator: "\n")
        guard status == 0, lines.count == paths.count else { throw NotRead(output: text) }
        return try lines.map { try JSONDecoder().decode(Self.self, from: Data($0.utf8)) }
    }
}
