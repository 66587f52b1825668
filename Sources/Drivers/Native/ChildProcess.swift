import CLinux
import ControlPlane
import Foundation
import Glibc
import Synchronization

/// A process that this one has started, from its start until its parent has heard of its end.
///
/// Its number is its own only until it is reaped: then the kernel may give it to somebody else.
/// Reaping and signalling exclude each other, so no signal ever meets a stranger.
final class ChildProcess: Sendable {
    /// How a process ended.
    enum Exit: Equatable, Sendable {
        case code(Int32)
        case signal(Int32)
    }

    let pid: pid_t
    private let exitSeen = Mutex<Exit?>(nil)

    private init(pid: pid_t) {
        self.pid = pid
    }

    /// How it ended; nil before it is reaped.
    var exit: Exit? { exitSeen.withLock { $0 } }

    /// Sends a signal, unless the process is gone.
    func signal(_ number: Int32) {
        exitSeen.withLock { exit in
            guard exit == nil else { return }
            // The only possible failure is that it has ended and waits to be reaped.
            kill(pid, number)
        }
    }

    /// Blocks until the process has ended, and reaps it. For one thread, once.
    func waitForExit() {
        var status = siginfo_t()
        // WNOWAIT leaves it to be reaped below, under the lock.
        while waitid(P_PID, id_t(pid), &status, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        exitSeen.withLock { exit in
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            exit = Exit(waitStatus: status)
        }
    }
}

extension ChildProcess {
    /// Starts a program in a process group of its own, so that Ctrl-C at a terminal reaches only
    /// its parent; with default signals, none blocked, and no descriptors but the given three.
    static func start(
        _ path: String, _ arguments: [String], environment: [String],
        input: ChildPipe.End, output: ChildPipe.End, errors: ChildPipe.End
    ) throws(DriverError) -> ChildProcess {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        // Ours are all above 2; see `ChildPipe`.
        for (target, source) in [input.number, output.number, errors.number].enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        // Also what this process was started with, or what a library opens this very moment.
        posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1)
        prepare(&attributes)
        let words = ([path] + arguments).map { strdup($0) }
        let settings = environment.map { strdup($0) }
        defer { for text in words + settings { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(
            &pid, path, &actions, &attributes, words + [nil], settings + [nil])
        guard code == 0 else { throw DriverError(call: "start \(path)", code: code) }
        return ChildProcess(pid: pid)
    }

    private static func prepare(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
    }
}

extension ChildProcess.Exit: CustomStringConvertible {
    /// As `waitpid` gives it; the macros that take it apart do not come over from C.
    init(waitStatus status: Int32) {
        let signal = status & 0x7F
        self = signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
    }

    var description: String {
        switch self {
        case .code(let code): "ended with exit code \(code)"
        case .signal(let number):
            "was killed by signal \(number)"
                + (strsignal(number).map { " (\(String(cString: $0)))" } ?? "")
        }
    }
}

extension DriverError {
    /// A system call that failed.
    init(call: String, code: Int32) {
        var text = [CChar](repeating: 0, count: 128)
        // A cut-off message is still a message; the result adds nothing.
        _ = strerror_r(code, &text, text.count)
        let end = text.firstIndex(of: 0) ?? text.endIndex
        let reason = String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.init("\(call): \(reason)")
    }
}
