import Foundation

/// The clocks that decisions use, so that a test can move them.
package protocol TimeSource: Sendable {
    /// Calendar time, for records and for deadlines that must outlive the process.
    var now: Date { get }
    /// For deadlines that must outlive the process and that no change of the calendar may move;
    /// nil where the machine does not tell.
    var machine: MachineInstant? { get }
    /// Time that never jumps, for waiting. Its zero has no meaning.
    var uptime: Duration { get }
    /// Waits until `uptime` reaches `instant`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled first.
    func sleep(until instant: Duration) async throws
}

extension TimeSource {
    package func sleep(for duration: Duration) async throws {
        try await sleep(until: uptime + duration)
    }
}

/// The system's clocks.
package struct SystemTime: TimeSource {
    private let start = ContinuousClock.now
    private let alarms = AlarmClock()

    package init() {}

    package var now: Date { Date() }

    package var machine: MachineInstant? { .current }

    package var uptime: Duration { ContinuousClock.now - start }

    package func sleep(until instant: Duration) async throws {
        try await alarms.sleep(until: start + instant)
    }
}
