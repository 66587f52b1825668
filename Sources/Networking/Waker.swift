import CLinux
import Glibc
import Synchronization

/// Ends a loop's waiting from another thread.
///
/// Costs a system call only while the loop really waits. Whoever wakes stores its message first;
/// the loop announces its sleep first and looks for messages after. So one of them sees the other.
final class Waker: Sendable {
    private let event: Int32
    private let isSleeping = Atomic(false)

    init() throws(SystemError) {
        event = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
        guard event >= 0 else { throw SystemError(call: "eventfd", code: errno) }
    }

    deinit { close(event) }

    /// Watched for edges, unlike everything else: each write wakes once, and nobody has to read
    /// the count away.
    var descriptor: Int32 { event }

    func announceSleep() { isSleeping.store(true, ordering: .sequentiallyConsistent) }
    func announceWork() { isSleeping.store(false, ordering: .relaxed) }

    func wake() {
        guard isSleeping.exchange(false, ordering: .sequentiallyConsistent) else { return }
        var one: UInt64 = 1
        // Can only fail when the count is about to overflow, and then the loop is awake.
        _ = write(event, &one, MemoryLayout<UInt64>.size)
    }
}
