import Foundation
import TestSupport

/// One process, with what it writes.
final class Program: Sendable {
    private let process: Process
    private let written: OutputLog

    /// - Parameters:
    ///   - executable: the program itself when nil.
    ///   - folder: where it starts; here when nil.
    ///   - input: what it reads from standard input; nothing when nil.
    init(
        executable: URL? = nil, _ arguments: [String], environment: [String: String] = [:],
        folder: URL? = nil, input: String? = nil
    ) throws {
        process = Process()
        process.executableURL = try executable ?? Repository.program
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = folder }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let typed = input.map { _ in Pipe() }
        process.standardInput = typed ?? FileHandle.nullDevice
        written = try OutputLog()
        process.standardOutput = written.writing
        process.standardError = written.writing
        try process.run()
        if let typed, let input {
            try typed.fileHandleForWriting.write(contentsOf: Data(input.utf8))
            try typed.fileHandleForWriting.close()
        }
    }

    /// Standard output and standard error together.
    var output: String { written.text }

    func signal(_ number: Int32) {
        if isRunning { kill(id, number) }
    }

    /// Ends the process and waits for it.
    ///
    /// Foundation's own wait ends with a socket that other programs, started at the same moment,
    /// may have inherited, and then waits for those as well.
    func end(_ number: Int32 = SIGTERM) {
        signal(number)
        var status = siginfo_t()
        // One that is reaped already is no child any more.
        while waitid(P_PID, id_t(id), &status, WEXITED | WNOWAIT) == -1, errno == EINTR {}
    }

    /// The same from a task that lets others run meanwhile.
    func ended() async {
        signal(SIGTERM)
        // A test that was cancelled waits as above.
        _ = try? await exitCode()
        end()
    }

    var id: Int32 { process.processIdentifier }

    var isRunning: Bool {
        var status = siginfo_t()
        let code = waitid(P_PID, id_t(id), &status, WEXITED | WNOHANG | WNOWAIT)
        return code == 0 && status.si_code == 0
    }

    /// Whether it was ended by `SIGKILL`; false as long as it runs.
    ///
    /// Asks the system first: Foundation tells of an end when its own thread has come to it.
    var wasKilled: Bool {
        var status = siginfo_t()
        if waitid(P_PID, id_t(id), &status, WEXITED | WNOHANG | WNOWAIT) == 0 {
            return status.si_code == CLD_KILLED && status._sifields._sigchld.si_status == SIGKILL
        }
        // Reaped already, which is told at any moment.
        process.waitUntilExit()
        return process.terminationReason == .uncaughtSignal && process.terminationStatus == SIGKILL
    }

    /// That of its end, or the signal that ended it.
    ///
    /// Asks now and then: a test that blocks its thread keeps all others from theirs, of which
    /// there are as many as cores. The system knows first; see `end`.
    func exitCode() async throws -> Int32 {
        while true {
            var status = siginfo_t()
            if waitid(P_PID, id_t(id), &status, WEXITED | WNOHANG | WNOWAIT) == 0 {
                if status.si_code != 0 { return status._sifields._sigchld.si_status }
            } else if !process.isRunning {
                return process.terminationStatus
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
