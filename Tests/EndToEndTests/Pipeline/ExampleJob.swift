import Foundation
import JSON
import TestSupport

@testable import struct swarmkeeper.DocumentFile

/// A job of one of the examples in `config/ci`, in a checkout of its own, with the program in its
/// PATH: its scripts run as they stand there.
struct ExampleJob {
    let folder: TemporaryFolder
    private let document: JSONValue
    private let environment: [String: String]

    init(_ name: String, _ service: Service, target: String) throws {
        folder = try TemporaryFolder()
        let files = FileManager.default
        try files.createDirectory(atPath: folder.path("bin"), withIntermediateDirectories: true)
        try files.createSymbolicLink(
            atPath: folder.path("bin/swarmkeeper"), withDestinationPath: Repository.program.path)
        try files.createSymbolicLink(
            atPath: folder.path("config"),
            withDestinationPath: Repository.root.appending(path: "config").path)
        let example = Repository.root.appending(path: "config/ci/\(name)")
        document = try DocumentFile(Array(Data(contentsOf: example)), name: name).value
        environment = [
            "PATH": folder.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
            "SWARMKEEPER_URL": service.baseURL,
            "SWARMKEEPER_TOKEN": Service.token("red", "editor"), "LOAD_TARGET": target,
            "CI": "true", "GITHUB_OUTPUT": folder.path("output"),
            "GITHUB_STEP_SUMMARY": folder.path("summary.md"),
            // The place and the size of these tests instead of the example's.
            "SWARMKEEPER_TENANT": "red", "SWARMKEEPER_ENV": "dev", "SWARMKEEPER_DURATION": "8s",
            "SWARMKEEPER_USERS": "5",
        ]
    }

    func read(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    /// Starts what the examples start, without their shell.
    func start(_ words: [String]) throws -> Program {
        let file = ["--file", "config/ci/loadtest.yaml"]
        let target = ["--target", environment["LOAD_TARGET"] ?? ""]
        return try Program(
            ["run"] + file + target + words, environment: environment,
            folder: URL(filePath: folder.path(".")))
    }

    func value(_ names: String...) throws -> JSONValue {
        try names.reduce(document) { value, name in
            guard let next = value[name] else { throw HarnessError("no \(name) in \(value)") }
            return next
        }
    }

    /// Runs a script as the systems do: in a shell that ends with the first command that fails.
    ///
    /// - Parameter script: one text, or a list of commands.
    func run(script: JSONValue, _ more: [String: String] = [:]) async throws -> (Int32, String) {
        let lines = script.items?.compactMap(\.text) ?? [script.text ?? ""]
        let shell = try Program(
            executable: URL(filePath: "/bin/bash"), ["-e", "-c", lines.joined(separator: "\n")],
            environment: environment.merging(more) { $1 }, folder: URL(filePath: folder.path(".")))
        return (try await shell.exitCode(), shell.output)
    }
}
