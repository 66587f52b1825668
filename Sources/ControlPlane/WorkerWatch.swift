/// Follows the workers of one run from sighting to sighting.
///
/// A loss is what is missing between two sightings; that somebody was not there yet when load
/// began is none. Whoever asks it leaves out what is seen while the load is ending.
struct WorkerWatch: Equatable, Sendable {
    enum Change: Equatable, Sendable {
        /// - Parameter ids: of the lost ones, as far as they are known.
        case lost(before: Int, now: Int, ids: [String])
        /// - Parameter away: since the first of the lost ones was last seen.
        case returned(before: Int, now: Int, away: Duration)
    }

    /// See `RunPlan.minWorkersShare`.
    private let minShare: Double
    /// The most that were there at once.
    private(set) var most: Int
    private(set) var present: Int?
    /// Since when there have been fewer than the most.
    private(set) var incompleteSince: Duration?
    /// Since when there have been fewer than the share.
    private var tooFewSince: Duration?
    private var ids: Set<String>?
    /// Of those before a loss that was seen by number only.
    private(set) var idsBeforeLoss: Set<String>?
    private var lastSight: Duration?
    private var lastSightOfIDs: Duration?

    /// - Parameter most: of a run that is adopted, as many as an earlier process has seen.
    init(minShare: Double?, most: Int = 0) {
        self.minShare = minShare ?? 0
        self.most = most
        present = most > 0 ? most : nil
    }

    mutating func see(_ seen: WorkersSeen, at now: Duration) -> [Change] {
        let changes = changes(to: seen, at: now)
        let isLoss = seen.count < present ?? seen.count
        idsBeforeLoss = isLoss && seen.ids == nil ? ids : nil
        most = max(most, seen.count)
        if seen.count >= most {
            incompleteSince = nil
        } else if isLoss {
            // They may have gone right after they were seen, or heard, for the last time.
            let lastSeen = min(lastSight ?? now, now - seen.silence)
            incompleteSince = incompleteSince ?? max(.zero, lastSeen)
        }
        tooFewSince = isTooFew(seen.count) ? tooFewSince ?? now : nil
        // A number that is the same says nothing against the names that are known.
        if seen.ids != nil || seen.count != present { (ids, lastSightOfIDs) = (seen.ids, now) }
        (present, lastSight) = (seen.count, now)
        return changes
    }

    private func changes(to seen: WorkersSeen, at now: Duration) -> [Change] {
        let (before, after) = (present ?? seen.count, seen.count)
        var gone: [String] = []
        if let ids, let others = seen.ids { gone = ids.subtracting(others).sorted() }
        if after < before { return [.lost(before: before, now: after, ids: gone)] }
        if after > before {
            return incompleteSince.map { [.returned(before: before, now: after, away: now - $0)] }
                ?? []
        }
        guard !gone.isEmpty, let lastSightOfIDs else { return [] }
        // Others have taken their place between the two sightings.
        let left = before - gone.count
        return [
            .lost(before: before, now: left, ids: gone),
            .returned(before: left, now: after, away: now - lastSightOfIDs),
        ]
    }

    /// Whether too few are left, however short that has been so.
    var areTooFew: Bool { tooFewSince != nil }

    /// Whether too few have been left for longer than `grace`.
    func areLost(at now: Duration, grace: Duration) -> Bool {
        tooFewSince.map { now >= $0 + grace } ?? false
    }

    /// The load is over; what is then seen of workers is no loss.
    ///
    /// - Returns: how long they have not been complete at the end; nil when they were.
    mutating func end(at now: Duration) -> Duration? {
        defer { (incompleteSince, tooFewSince) = (nil, nil) }
        return incompleteSince.map { max(.zero, now - $0) }
    }

    private func isTooFew(_ count: Int) -> Bool {
        // A share such as 0.6 of 5 must not fail for the last digit of a product.
        Double(count) + 1e-9 < minShare * Double(most)
    }
}
