import Synchronization

/// The earliest of the times that it was told.
final class FirstTime: Sendable {
    private let time = Mutex<Int64?>(nil)

    /// Returns the first time noted, this one at the latest.
    func note(_ now: Int64) -> Int64 {
        time.withLock { time in
            let first = time ?? now
            time = first
            return first
        }
    }
}
