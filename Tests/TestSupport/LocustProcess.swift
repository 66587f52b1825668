import Foundation

/// One Locust process with its log. It dies with the test process, whatever ends that.
final class LocustProcess: Sendable {
    let id: pid_t
    let logFile: URL
    /// Kept open while the child should live: its end of file tells the child to end itself.
    private let lifeline: Int32

    /// Starts Locust before anything else runs in the interpreter. A thread of the system, not of
    /// gevent, waits on descriptor 3 for the test process to be gone.
    private static let program = """
        import os, signal, sys, _thread
        os.closerange(4, 1024)
        def watch():
            os.read(3, 1)
            os.kill(os.getpid(), signal.SIGKILL)
        _thread.start_new_thread(watch, ())
        from locust.main import main
        sys.argv[0] = "locust"
        sys.exit(main())
        """

    init(
        python: String, arguments: [String], environment: [String: String], directory: URL,
        name: String
    ) throws {
        logFile = directory.appending(path: "\(name).log")
        var ends: [Int32] = [-1, -1]
        // A pair of sockets, for it closes on exec from the beginning; no other child gets it.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw LocustLaunchError("socketpair: errno \(errno)")
        }
        defer { close(ends[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(
            &actions, 1, logFile.path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        posix_spawn_file_actions_adddup2(&actions, ends[0], 3)

        var variables = ProcessInfo.processInfo.environment
        // The user's own configuration must not decide what a test sees.
        variables = variables.filter { !$0.key.hasPrefix("LOCUST_") }
        variables["HOME"] = directory.path
        variables["PYTHONDONTWRITEBYTECODE"] = "1"
        variables["PYTHONUNBUFFERED"] = "1"
        variables.merge(environment) { _, new in new }

        var child: pid_t = 0
        let code = Self.withPointers([python, "-c", Self.program] + arguments) { words in
            Self.withPointers(variables.map { "\($0.key)=\($0.value)" }) { settings in
                posix_spawn(&child, python, &actions, nil, words, settings)
            }
        }
        guard code == 0 else {
            close(ends[1])
            throw LocustLaunchError("posix_spawn \(python): errno \(code)")
        }
        id = child
        lifeline = ends[1]
    }

    private static func withPointers<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers = texts.map { strdup($0) }
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers + [nil])
    }

    /// Whether it still runs, paused or not; a process that has ended stays unreaped until `end`.
    var isRunning: Bool {
        var status = siginfo_t()
        let code = waitid(P_PID, id_t(id), &status, WEXITED | WNOHANG | WNOWAIT)
        return code == 0 && status.si_code == 0
    }

    func signal(_ signal: Int32) { kill(id, signal) }

    /// Kills and reaps it. Called once, by the scope that started it.
    func end() {
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) == -1, errno == EINTR {}
        close(lifeline)
    }

    var log: String {
        (try? String(contentsOf: logFile, encoding: .utf8)) ?? ""  // Nothing was written yet.
    }
}

/// Locust did not come up; the message has the end of its log.
package struct LocustLaunchError: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}
