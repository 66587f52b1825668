import ControlPlane

/// Refusals that wait to be recorded, so few that no flood of them fills a disk: those that are
/// alike become one record a minute with a count, and all records together are bounded.
struct RefusalCounts: Sendable {
    /// For how long refusals that are alike are counted before they are recorded again.
    static let window = Duration.seconds(60)
    /// Kinds of refusals that are told apart at a time; the rest is counted together.
    static let kindsMax = 50
    /// Records that may come at once, after a quiet time.
    static let burstMax = 100.0
    /// Records in the long run: 14,400 a day, or some 10 MB.
    static let recordsPerSecond = 1.0 / 6

    /// What makes two refusals alike; nil for the rest.
    private struct Kind: Hashable {
        let actor: AuditActor
        let address: String
        let action: String
        let status: Int?
        let code: String?
        /// Whom somebody tried to be.
        let target: String?
    }

    fileprivate struct Waiting {
        var entry: AuditEntry?
        /// When one of this kind was last recorded.
        var recordedAt: Duration?
    }

    private var waiting: [Kind?: Waiting] = [:]
    private var budget = burstMax
    private var budgetAt: Duration?

    /// Counts `entry`, which may stand for several already.
    mutating func add(_ entry: AuditEntry) {
        var kind: Kind? = Kind(
            actor: entry.actor, address: entry.address, action: entry.action,
            status: entry.status, code: entry.code,
            target: entry.actor.kind == .anonymous ? entry.subject?.id : nil)
        if waiting[kind] == nil, waiting.count >= Self.kindsMax { kind = nil }
        var entry = entry
        if kind == nil { entry = Self.rest(entry) }
        waiting[kind, default: Waiting()].add(entry)
    }

    /// Takes out what is to be recorded now, oldest first.
    ///
    /// - Parameter all: at the end of the service, for which nothing waits.
    mutating func take(at now: Duration, all: Bool = false) -> [AuditEntry] {
        let elapsed = max(.zero, now - (budgetAt ?? now)) / .seconds(1)
        budget = min(Self.burstMax, budget + elapsed * Self.recordsPerSecond)
        budgetAt = now
        let due = waiting.filter { all || $0.value.isDue(at: now) }
            .compactMap { kind, waiting in waiting.entry.map { (kind, $0) } }
            .sorted { $0.1.at < $1.1.at }
            .prefix(all ? Int.max : Int(budget))
        for (kind, _) in due { waiting[kind] = Waiting(entry: nil, recordedAt: now) }
        budget = max(0, budget - Double(due.count))
        waiting = waiting.filter { $0.value.entry != nil || !$0.value.isDue(at: now) }
        return due.map(\.1)
    }

    private static func rest(_ entry: AuditEntry) -> AuditEntry {
        var rest = AuditEntry("refusals.rest", by: AuditActor(nil), at: entry.at)
        rest.until = entry.until
        rest.count = entry.count
        rest.outcome = .refused
        rest.detail = "of more kinds than are told apart"
        return rest
    }
}

extension RefusalCounts.Waiting {
    mutating func add(_ new: AuditEntry) {
        guard var old = entry else {
            entry = new
            return
        }
        old.count += new.count
        old.until = max(old.until ?? old.at, new.until ?? new.at)
        if old.subject != new.subject { old.subject = nil }
        entry = old
    }

    func isDue(at now: Duration) -> Bool {
        recordedAt.map { now >= $0 + RefusalCounts.window } ?? true
    }
}
