/// Bytes that come in at the end and leave at the front.
struct ByteQueue {
    /// Room kept while empty: a usual request or response, times a thousand connections.
    private static let idleCapacityMax = 4_096

    private var bytes: [UInt8] = []
    private var start = 0

    var count: Int { bytes.count - start }
    var isEmpty: Bool { count == 0 }

    /// What is in the queue, for as long as `body` runs.
    func withSpan<Value, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(bytes.span.extracting(start..<bytes.count))
    }

    mutating func append(_ more: UnsafeRawBufferPointer) {
        // Moves what is left only when at least as much has left, so that bytes move once.
        if start > 0, start >= count {
            bytes.removeSubrange(0..<start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    mutating func removeFirst(_ removed: Int) {
        start += removed
        guard start == bytes.count else { return }
        start = 0
        if bytes.capacity <= Self.idleCapacityMax {
            bytes.removeAll(keepingCapacity: true)
        } else {
            bytes = []
        }
    }

    mutating func removeAll() { removeFirst(count) }
}
