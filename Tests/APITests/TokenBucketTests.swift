import Testing

@testable import API

struct TokenBucketTests {
    private let limit = RateLimit(requestsPerSecond: 2, burst: 5)

    /// How many of `count` requests at `milliseconds` are let through.
    private func take(
        _ count: Int = 20, from bucket: inout TokenBucket, at milliseconds: Int,
        _ limit: RateLimit? = nil
    ) -> Int {
        (0..<count).count { _ in
            bucket.take(limit ?? self.limit, at: .milliseconds(milliseconds))
        }
    }

    @Test func `a burst is let through, then as many as the rate says`() {
        var bucket = TokenBucket(full: limit, at: .seconds(7))
        #expect(take(from: &bucket, at: 7_000) == 5)
        #expect(take(from: &bucket, at: 7_499) == 0)
        #expect(take(from: &bucket, at: 7_500) == 1)
        // In ten seconds after that, by whatever steps, twenty more.
        let later = (1...10_000).reduce(0) { $0 + take(1, from: &bucket, at: 7_500 + $1) }
        #expect((19...20).contains(later))
    }

    @Test func `it never holds more than its burst`() {
        var bucket = TokenBucket(full: limit, at: .zero)
        #expect(take(1, from: &bucket, at: 0) == 1)
        #expect(take(from: &bucket, at: 1_000_000_000) == 5)
    }

    @Test func `a clock that goes back fills nothing and takes nothing away`() {
        var bucket = TokenBucket(full: limit, at: .seconds(10))
        #expect(take(from: &bucket, at: 10_000) == 5)
        #expect(take(from: &bucket, at: 3_000) == 0)
        #expect(take(from: &bucket, at: 10_400) == 0)
        #expect(take(from: &bucket, at: 10_500) == 1)
    }

    @Test func `it says what is left, when the next one is let in, and when all are`() {
        var bucket = TokenBucket(full: limit, at: .zero)
        #expect(
            bucket.state(limit, at: .zero)
                == RateLimitState(limit: limit, remaining: 5, secondsToNext: 0, secondsToFull: 0))
        #expect(take(from: &bucket, at: 0) == 5)
        #expect(
            bucket.state(limit, at: .milliseconds(100))
                == RateLimitState(limit: limit, remaining: 0, secondsToNext: 1, secondsToFull: 3))
        #expect(bucket.state(limit, at: .milliseconds(1_600)).remaining == 3)
        #expect(!bucket.isFull(limit, at: .milliseconds(2_400)))
        #expect(bucket.isFull(limit, at: .milliseconds(2_500)))
    }

    @Test func `a slow rate is told in seconds that suffice`() {
        let slow = RateLimit(requestsPerSecond: 0.1, burst: 1)
        var bucket = TokenBucket(full: slow, at: .zero)
        #expect(take(from: &bucket, at: 0, slow) == 1)
        let wait = bucket.state(slow, at: .milliseconds(1)).secondsToNext
        #expect(wait == 10)
        #expect(take(from: &bucket, at: 1 + wait * 1_000, slow) == 1)
    }

    @Test func `a smaller limit counts from now on`() {
        var bucket = TokenBucket(full: limit, at: .zero)
        let smaller = RateLimit(requestsPerSecond: 1, burst: 2)
        #expect(take(from: &bucket, at: 0, smaller) == 2)
    }
}

struct BucketTableTests {
    private let limit = RateLimit(requestsPerSecond: 1, burst: 10)

    private func take(_ count: Int, from owner: String, of table: inout BucketTable) -> Int {
        (0..<count).count { _ in table.take(from: owner, limit, at: .zero) }
    }

    @Test func `owners have buckets of their own`() {
        var table = BucketTable(countMax: 100)
        #expect(take(11, from: "a", of: &table) == 10)
        #expect(take(1, from: "b", of: &table) == 1)
    }

    @Test func `those that are full are forgotten first, then those that rest`() {
        var table = BucketTable(countMax: 8)
        #expect(take(11, from: "spent", of: &table) == 10)
        for owner in 1...7 { #expect(take(1, from: "\(owner)", of: &table) == 1) }
        #expect(table.count == 8)
        // A second fills those of the crowd, and not the one that is spent.
        let isTaken = table.take(from: "new", limit, at: .seconds(1))
        #expect(isTaken)
        #expect(table.count == 2)
        #expect(table.state(of: "spent", limit, at: .seconds(1)).remaining == 1)
    }

    @Test func `a crowd without end takes no more room than there is`() {
        var table = BucketTable(countMax: 1_000)
        for owner in 0..<20_000 { #expect(take(1, from: "\(owner)", of: &table) == 1) }
        #expect(table.count <= 1_000)
        #expect(take(11, from: "newcomer", of: &table) == 10)
    }
}
