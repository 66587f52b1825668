/// The statuses with which a response is a success.
package struct StatusSet: Hashable, Sendable {
    private static let statusEnd = 1024

    /// A bit for each status.
    private var words = [UInt64](repeating: 0, count: statusEnd / UInt64.bitWidth)

    package init(_ ranges: [ClosedRange<Int>]) {
        for range in ranges { insert(range) }
    }

    /// 200 to 399.
    package static let successes = StatusSet([200...399])

    private mutating func insert(_ range: ClosedRange<Int>) {
        for status in range.clamped(to: 0...Self.statusEnd - 1) {
            words[status >> 6] |= 1 << UInt64(status & 63)
        }
    }

    package func contains(_ status: Int) -> Bool {
        guard status >= 0, status < Self.statusEnd else { return false }
        return words[status >> 6] & (1 << UInt64(status & 63)) != 0
    }
}
