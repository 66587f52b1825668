import Testing

@testable import HTTPServer

struct ByteQueueTests {
    @Test func `bytes leave in the order they came, whatever the pieces`() {
        var queue = ByteQueue()
        var (next, expected) = (UInt8(0), UInt8(0))
        for round in 1...2_000 {
            let piece = (0..<(round % 37)).map { _ in
                defer { next &+= 1 }
                return next
            }
            piece.withUnsafeBytes { queue.append($0) }
            let taken = min(queue.count, round % 41)
            queue.withSpan { bytes in
                for index in 0..<taken {
                    #expect(bytes[index] == expected)
                    expected &+= 1
                }
            }
            queue.removeFirst(taken)
        }
        queue.removeAll()
        #expect(queue.isEmpty)
    }
}
