@preconcurrency import Dispatch  // Its sources are safe to use from any thread, and do not say so.
import Glibc

/// The signals that this process was sent, as values.
enum Signals {
    /// Takes over the given signals; none of them does its default action any more. What comes
    /// after the return is in the stream: it waits until the sources, which another thread
    /// registers, can miss nothing any more. On a busy machine that takes longer than a start.
    static func stream(of signals: [Int32]) -> AsyncStream<Int32> {
        let queue = DispatchQueue(label: "swarmkeeper.signals")
        let registered = DispatchGroup()
        defer { registered.wait() }
        return AsyncStream { continuation in
            let sources = signals.map { number in
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                source.setEventHandler { continuation.yield(number) }
                registered.enter()
                source.setRegistrationHandler { registered.leave() }
                source.resume()
                return source
            }
            continuation.onTermination = { _ in
                for source in sources { source.cancel() }
            }
        }
    }

    /// Whether this process was started not to be ended by it, as by `nohup`.
    static func isIgnored(_ number: Int32) -> Bool {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0 else { return false }
        // SIG_IGN is 1, and no function.
        return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    }

    /// From now on this signal ends the process at once.
    static func restoreDefault(of number: Int32) {
        signal(number, SIG_DFL)
    }
}
