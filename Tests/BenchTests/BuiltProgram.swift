import Foundation

/// A program as built beside these tests, run as a process of its own.
enum BuiltProgram {
    struct Result {
        let output: String
        let exitCode: Int32
    }

    static func path(_ name: String) throws -> String {
        var folder = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path.count > 1 {
            let file = folder.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: file.path), !file.hasDirectoryPath {
                return file.path
            }
            folder.deleteLastPathComponent()
        }
        throw NotBuilt(name: name)
    }

    /// Runs it to its end.
    static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: try path(name))
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        // A pipe at its end: unlike the null device it can be waited for.
        let input = Pipe()
        try input.fileHandleForWriting.close()
        process.standardInput = input
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            output: String(decoding: data, as: UTF8.self), exitCode: process.terminationStatus)
    }

    struct NotBuilt: Error {
        let name: String
    }
}
