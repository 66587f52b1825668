/// The buckets that are not full, by their owner, in bounded memory.
struct BucketTable {
    private struct Entry {
        var bucket: TokenBucket
        let limit: RateLimit
    }

    private let countMax: Int
    private var entries: [String: Entry] = [:]

    /// - Parameter countMax: above it those are forgotten that have rested longest. Whoever makes
    ///   so many owners up has a fresh bucket with each of them anyway.
    init(countMax: Int) {
        self.countMax = countMax
    }

    var count: Int { entries.count }

    func state(of owner: String, _ limit: RateLimit, at now: Duration) -> RateLimitState {
        bucket(of: owner, limit, at: now).state(limit, at: now)
    }

    /// Takes for one request of `owner`.
    ///
    /// - Returns: whether there was enough.
    mutating func take(from owner: String, _ limit: RateLimit, at now: Duration) -> Bool {
        var bucket = bucket(of: owner, limit, at: now)
        let isTaken = bucket.take(limit, at: now)
        if entries[owner] == nil, entries.count >= countMax { makeRoom(at: now) }
        entries[owner] = Entry(bucket: bucket, limit: limit)
        return isTaken
    }

    private func bucket(of owner: String, _ limit: RateLimit, at now: Duration) -> TokenBucket {
        entries[owner]?.bucket ?? TokenBucket(full: limit, at: now)
    }

    /// Forgets at least an eighth, so that a crowd of newcomers does not pay for each of them.
    private mutating func makeRoom(at now: Duration) {
        entries = entries.filter { !$0.value.bucket.isFull($0.value.limit, at: now) }
        let kept = countMax - max(1, countMax / 8)
        guard entries.count > kept else { return }
        let longestRested = entries.sorted { $0.value.bucket.time < $1.value.bucket.time }
        for (owner, _) in longestRested.prefix(entries.count - kept) { entries[owner] = nil }
    }
}
