import Glibc
import Networking

/// A program started by this one, whose end tells what it cost. One that is still running when
/// nobody knows it any more is killed.
final class ChildProcess {
    struct Ended: Equatable {
        /// As a shell tells it: 128 and the number for a signal.
        let exitCode: Int32
        /// Its own and that of those it waited for.
        let cpuSeconds: Double
    }

    /// Longest wait after SIGKILL: a program that the kernel cannot end is not ours to wait for.
    private static let killPatience = Duration.seconds(10)

    let id: pid_t
    /// Where standard output and standard error go.
    let output: String
    /// Closed with this object, and by the kernel when this process dies.
    private let lifeline: Descriptor
    private var ended: Ended?

    /// Starts `command`, whose first word is the path of a program.
    ///
    /// - Parameter cores: where it may run; anywhere without.
    init(_ command: [String], on cores: Pinning = .anywhere, output: String) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", code: errno) }
        lifeline = Descriptor(owning: ends[1])
        let input = Descriptor(owning: ends[0])
        // Other children must not hold it open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        id = try Self.spawn(cores.wrap(command), input: input.number, output: output)
        self.output = output
    }

    deinit {
        guard ended == nil else { return }
        kill(id, SIGKILL)
        // It is gone either way; what it cost is of no interest any more.
        _ = try? wait(atMost: Self.killPatience)
    }

    func signal(_ number: Int32) {
        if ended == nil { kill(id, number) }
    }

    /// Waits for its end and kills it after `patience`, which is an error.
    func wait(atMost patience: Duration) throws -> Ended {
        if let ended = try end(within: patience) { return ended }
        kill(id, SIGKILL)
        _ = try end(within: Self.killPatience)
        throw BenchError("a child did not end within \(patience): \(lastLines)")
    }

    /// Blocks the signals that `end` waits for, so that none is missed. Must come before there is
    /// a second thread that could receive them.
    static func holdSignals() {
        var signals = awaitedSignals
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }

    private static var awaitedSignals: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGCHLD, SIGINT, SIGTERM] { sigaddset(&signals, number) }
        return signals
    }

    /// Waits for its end or until `patience` is over, which is no error. Being told to stop is
    /// one, so that all children are ended on the way out.
    func end(within patience: Duration) throws -> Ended? {
        let deadline = MonotonicTime.now + patience
        var signals = Self.awaitedSignals
        while true {
            if let ended = try poll() { return ended }
            let left = deadline - .now
            guard left > .zero else { return nil }
            // Sleeping until the signal costs nothing that could disturb what is measured. The
            // second is for a signal that came before another child was waited for.
            let step = min(left, .seconds(1))
            var time = timespec(
                tv_sec: Int(step.components.seconds),
                tv_nsec: Int(step.components.attoseconds / 1_000_000_000))
            let number = sigtimedwait(&signals, nil, &time)
            if number == SIGINT || number == SIGTERM { throw BenchError("stopped by a signal") }
        }
    }

    /// What it wrote last, for messages.
    var lastLines: String { TextFile.lines(of: output).suffix(5).joined(separator: "\n") }

    private func poll() throws -> Ended? {
        if let ended { return ended }
        var (status, usage): (Int32, rusage) = (0, rusage())
        let found = wait4(id, &status, WNOHANG, &usage)
        guard found >= 0 else { throw SystemError(call: "wait4", code: errno) }
        guard found == id else { return nil }
        let signal = status & 0x7f
        let code = signal == 0 ? (status >> 8) & 0xff : 128 + signal
        ended = Ended(exitCode: code, cpuSeconds: usage.cpuSeconds)
        return ended
    }

    private static func spawn(_ command: [String], input: Int32, output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)

        // A blocked or ignored signal is inherited, and then SIGTERM ends nothing.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var (none, all) = (sigset_t(), sigset_t())
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var id: pid_t = 0
        let code = posix_spawn(&id, command[0], &actions, &attributes, &words, environ)
        guard code == 0 else { throw SystemError(call: "start \(command[0])", code: code) }
        return id
    }
}
