import ControlPlane
import Logging
import Synchronization

/// Logs refused requests, at most one line a second for each kind and caller: under a flood a line
/// for each would fill a disk, and say the same ten thousand times.
final class RefusalLog: Sendable {
    struct Key: Hashable, Sendable {
        let kind: String
        let caller: String
        /// Nil where it tells nothing more than the kind.
        let status: Int?
    }

    private struct Entry {
        var loggedAt: Duration
        /// Refused since then.
        var count = 0
    }

    private static let pause = Duration.seconds(1)

    private let entries = Mutex<[Key: Entry]>([:])

    /// Takes note of a refusal.
    ///
    /// - Returns: whether a line of its own is to be logged for it.
    func isFirst(_ key: Key, at now: Duration) -> Bool {
        entries.withLock { entries in
            guard entries[key] == nil else {
                entries[key]?.count += 1
                return false
            }
            entries[key] = Entry(loggedAt: now)
            return true
        }
    }

    /// Logs how many were refused without a line where a second is over. To be called at each
    /// answer, so that the end of a flood is told as well.
    func tellRest(at now: Duration, to logger: Logger) {
        let due = entries.withLock { entries in
            let due = entries.filter { now >= $0.value.loggedAt + Self.pause }
            for (key, entry) in due {
                entries[key] = entry.count > 0 ? Entry(loggedAt: now) : nil
            }
            return due
        }
        for (key, entry) in due where entry.count > 0 {
            var fields: [String: LogValue] = [
                "class": .string(key.kind), "by": .string(key.caller),
                "count": .int(entry.count),
                "seconds": .double((now - entry.loggedAt) / .seconds(1)),
            ]
            fields["status"] = key.status.map { .int($0) }
            logger.info("requests refused", fields)
        }
    }
}
