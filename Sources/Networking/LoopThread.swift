import CLinux
import Glibc
import Synchronization

/// A thread of its own for something that runs long, such as an event loop.
package final class LoopThread: Sendable {
    private enum State {
        case running([CheckedContinuation<Void, Never>])
        case finished
    }

    private let state = Mutex(State.running([]))

    private init() {}

    /// Runs `body` on a new thread, to which everything that it captures moves.
    ///
    /// - Parameter name: what `top -H` shows, cut off after 15 bytes.
    package static func start(
        name: String, _ body: sending @escaping () -> Void
    ) throws(SystemError) -> LoopThread {
        let thread = LoopThread()
        let work = Unmanaged.passRetained(Work(name: name, thread: thread, body: body))
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        // Nobody joins: who waits, waits without blocking a thread, see `finished`.
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        var handle = pthread_t()
        let code = pthread_create(&handle, &attributes, Work.run, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw SystemError(call: "pthread_create", code: code)
        }
        return thread
    }

    /// Lets the calling thread wake when its waits are over instead of up to 50 µs later.
    ///
    /// The kernel delays wake-ups by that much (the timer slack) to do several at once and save
    /// power. Load that follows a schedule to the microsecond cannot have it: at 10,000 requests a
    /// second the delay is half of the gap between two.
    package static func sharpenTimers() {
        // Cannot fail for the calling thread; a kernel without it has no slack either.
        _ = swarmkeeper_set_timer_slack(1)
    }

    /// Takes `sharpenTimers` back, so that a process started by this thread does not inherit it.
    package static func relaxTimers() {
        // Zero stands for what the thread began with.
        _ = swarmkeeper_set_timer_slack(0)
    }

    /// Waits for the end of the body.
    package func finished() async {
        await withCheckedContinuation { continuation in
            let isFinished = state.withLock { state in
                guard case .running(let waiting) = state else { return true }
                state = .running(waiting + [continuation])
                return false
            }
            if isFinished { continuation.resume() }
        }
    }

    fileprivate func finish() {
        let waiting = state.withLock { state in
            guard case .running(let waiting) = state else {
                return [CheckedContinuation<Void, Never>]()
            }
            state = .finished
            return waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

/// What the new thread is handed through C's one pointer.
private final class Work {
    private let name: String
    private let thread: LoopThread
    private var body: (() -> Void)?

    init(name: String, thread: LoopThread, body: @escaping () -> Void) {
        self.name = name
        self.thread = thread
        self.body = body
    }

    static let run: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
        guard let pointer = $0 else { return nil }
        let work = Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue()
        // Only a label: without it everything works the same.
        pthread_setname_np(
            pthread_self(), String(decoding: work.name.utf8.prefix(15), as: UTF8.self))
        work.body?()
        work.body = nil  // What the thread owned is gone before anybody hears of its end.
        work.thread.finish()
        return nil
    }
}
