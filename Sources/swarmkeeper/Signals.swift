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

    /// Whether this process was started not to be ended by it, as by `nohup`; see proc(5).
    static func isIgnored(_ number: Int32) -> Bool {
        // Where nothing tells, signals do what they usually do.
        let bytes = (try? Descriptor.read("/proc/self/status", upTo: 65_536)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let words = lines.first { $0.hasPrefix("SigIgn:") }?.split(separator: "\t")
        guard let mask = words?.last.flatMap({ UInt64($0, radix: 16) }) else { return false }
        return mask >> UInt64(number - 1) & 1 == 1
    }

    /// From now on this signal ends the process at once.
    static func restoreDefault(of number: Int32) {
        signal(number, SIG_DFL)
    }
}
