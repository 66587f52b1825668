import Networking

/// How late a thread wakes that does nothing but sleep to the next moment of a schedule: no
/// generator that sleeps between requests can be more punctual on this machine at this time.
struct BareTimer {
    /// Sorted.
    private let microsecondsLate: [Double]

    init(microsecondsLate: [Double]) {
        self.microsecondsLate = microsecondsLate.sorted()
    }

    /// Sleeps through `seconds` of the schedule.
    static func measure(rate: Double, seconds: Double) throws(SystemError) -> BareTimer {
        let poller = try Poller()
        LoopThread.sharpenTimers()
        defer { LoopThread.relaxTimers() }
        let start = MonotonicTime.now
        var late: [Double] = []
        for index in 1...max(1, Int(rate * seconds)) {
            let due = start + .nanoseconds(Int64(Double(index) / rate * 1e9))
            let patience = due - MonotonicTime.now
            // Overslept into the next moment: as late as an arrival that is sent at once.
            if patience > .zero { _ = try poller.wait(atMost: patience) }
            late.append((MonotonicTime.now - due) / .microseconds(1))
        }
        return BareTimer(microsecondsLate: late)
    }

    /// How many microseconds a share of the wake-ups was late at most.
    func oversleep(of share: Double) -> Double? {
        guard let last = microsecondsLate.indices.last else { return nil }
        return microsecondsLate[min(last, Int(share * Double(microsecondsLate.count)))]
    }
}
