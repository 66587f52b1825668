import Foundation

/// The runs that wait for room, in their order: within a tenant first come, first served; between
/// tenants in turns, one run each.
struct RunQueue {
    struct Waiter: Sendable {
        var run: Run
        let ticket: QueueTicket
        /// By the clock that never jumps: since when it waits, and when it is given up.
        let since: Duration
        let deadline: Duration
        /// What it waited for when it was last looked at.
        var obstacle: Obstacle?
        /// The same in words that its tenant may read.
        var waitsFor: String
        /// Its place is taken, and it is not known yet whether it is stored there.
        var isBeingStored = false
        /// Whether it may have left the queue in the store, which failed before it could tell.
        var isInDoubt = false

        var tenant: String { run.spec.tenantId }
    }

    /// Each tenant's runs, first come first.
    private var lines: [String: [Waiter]] = [:]
    /// The tenants that have runs here; the first is the next to be served.
    private(set) var turns: [String] = []

    var isEmpty: Bool { turns.isEmpty }

    var count: Int { lines.values.reduce(0) { $0 + $1.count } }

    var waiters: [Waiter] { turns.flatMap { lines[$0] ?? [] } }

    func line(of tenant: String) -> [Waiter] { lines[tenant] ?? [] }

    subscript(id: RunID) -> Waiter? {
        for line in lines.values {
            if let waiter = line.first(where: { $0.run.id == id }) { return waiter }
        }
        return nil
    }

    /// Where it stands in its tenant's line, from 1.
    func position(of id: RunID) -> Int? {
        for line in lines.values {
            if let index = line.firstIndex(where: { $0.run.id == id }) { return index + 1 }
        }
        return nil
    }

    /// Puts a run behind all others of its tenant, and a tenant that has none behind all others.
    mutating func append(_ waiter: Waiter) {
        if lines[waiter.tenant] == nil { turns.append(waiter.tenant) }
        lines[waiter.tenant, default: []].append(waiter)
    }

    mutating func change(_ id: RunID, _ change: (inout Waiter) -> Void) {
        for (tenant, line) in lines {
            guard let index = line.firstIndex(where: { $0.run.id == id }) else { continue }
            lines[tenant]?.withElement(index, change)
            return
        }
    }

    /// Takes a run out that is not to be started.
    @discardableResult
    mutating func remove(_ id: RunID) -> Waiter? {
        for (tenant, line) in lines {
            guard let index = line.firstIndex(where: { $0.run.id == id }) else { continue }
            let waiter = lines[tenant]?.remove(at: index)
            if line.count == 1 {
                lines[tenant] = nil
                turns.removeAll { $0 == tenant }
            }
            return waiter
        }
        return nil
    }

    /// Takes a run out that was started: its tenant has had its turn.
    mutating func serve(_ id: RunID) {
        guard let waiter = remove(id), lines[waiter.tenant] != nil else { return }
        turns.removeAll { $0 == waiter.tenant }
        turns.append(waiter.tenant)
    }
}

extension [RunQueue.Waiter] {
    fileprivate mutating func withElement(
        _ index: Int, _ change: (inout RunQueue.Waiter) -> Void
    ) {
        change(&self[index])
    }
}
