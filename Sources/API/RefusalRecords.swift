import ControlPlane
import Logging
import Synchronization

/// Brings refusals to the audit trail behind the answers, which wait for no store.
package final class RefusalRecords: Sendable {
    /// Between two looks for refusals that are to be recorded: what a crash may lose of them.
    static let interval = Duration.seconds(1)

    private let counts = Mutex(RefusalCounts())

    package init() {}

    /// Counts `entry`, to be recorded soon.
    package func note(_ entry: AuditEntry) { counts.withLock { $0.add(entry) } }

    /// Records what is due. What cannot be stored is counted on.
    ///
    /// - Parameter all: also what would wait for more of its kind.
    package func write(
        to trail: any AuditTrail, at now: Duration, all: Bool = false
    ) async throws(ControlPlaneError) {
        let due = counts.withLock { $0.take(at: now, all: all) }
        guard !due.isEmpty else { return }
        do throws(ControlPlaneError) {
            try await trail.append(due)
        } catch {
            counts.withLock { counts in for entry in due { counts.add(entry) } }
            throw error
        }
    }

    /// Writes until the task is cancelled.
    package func run(writingTo trail: any AuditTrail, time: any TimeSource) async {
        while !Task.isCancelled {
            // The store itself tells what is wrong with it, and what it has missed stays counted.
            try? await write(to: trail, at: time.uptime)
            do { try await time.sleep(for: Self.interval) } catch { return }
        }
    }
}
