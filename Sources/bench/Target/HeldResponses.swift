/// Responses that are not due yet, in the order in which they will be: delay and stall keep it.
struct HeldResponses {
    struct Held: Equatable {
        /// On the monotonic clock.
        let dueNanoseconds: Int64
        let connection: Int
        /// Which use of that descriptor is meant, so that no response goes to its successor.
        let generation: UInt32
    }

    /// A ring whose capacity is a power of two. It holds at most one entry for each request that
    /// waits, and those are limited by the connections of the generator.
    private var ring: [Held?] = Array(repeating: nil, count: 1_024)
    private var first = 0
    private(set) var count = 0

    var isEmpty: Bool { count == 0 }
    var earliest: Int64? { ring[first]?.dueNanoseconds }

    mutating func append(_ held: Held) {
        if count == ring.count { grow() }
        ring[(first + count) & (ring.count - 1)] = held
        count += 1
    }

    mutating func popDue(at nowNanoseconds: Int64) -> Held? {
        guard let held = ring[first], held.dueNanoseconds <= nowNanoseconds else { return nil }
        ring[first] = nil
        first = (first + 1) & (ring.count - 1)
        count -= 1
        return held
    }

    private mutating func grow() {
        ring = Array(ring[first...] + ring[..<first]) + Array(repeating: nil, count: ring.count)
        first = 0
    }
}
