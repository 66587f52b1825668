import Glibc
import Networking
import Synchronization

/// Turns SIGTERM and SIGINT into a descriptor that becomes readable, so that a loop which waits
/// for descriptors misses none.
enum StopSignal {
    private static let writer = Atomic<Int32>(-1)

    /// - Returns: the end to watch. Once per process.
    static func listen() throws(SystemError) -> Descriptor {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError(call: "pipe", code: errno) }
        writer.store(ends[1], ordering: .relaxed)
        var stops = sigset_t()
        sigemptyset(&stops)
        for number in [SIGTERM, SIGINT] {
            sigaddset(&stops, number)
            // Only calls that are safe within a handler.
            signal(number) { _ in
                var byte: UInt8 = 0
                write(StopSignal.writer.load(ordering: .relaxed), &byte, 1)
            }
        }
        // A parent may have blocked them, and a child inherits that.
        pthread_sigmask(SIG_UNBLOCK, &stops, nil)
        return Descriptor(owning: ends[0])
    }
}
