/// Makes W3C trace contexts for requests: which of them get one, and their ids.
///
/// Ids are not of the run's seed: a run that is repeated is not the same trace again.
struct TraceSource {
    /// Share of the requests that are traced, 0...1.
    private let share: Double
    private var random: RandomSource

    /// The bytes of `traceparent: 00-<32>-<16>-01` with its line's end.
    static let fieldLength = 70
    private static let name: StaticString = "traceparent: 00-"

    init(share: Double) {
        self.share = share
        random = RandomSource(seed: UInt64.random(in: 0...UInt64.max))
    }

    /// The trace of the next request; nil for one that is not traced.
    mutating func next() -> TraceID? {
        guard share >= 1 || random.nextFraction() < share else { return nil }
        // Zero is none; that both halves are it is not to be expected.
        return TraceID(high: random.next(), low: max(1, random.next()))
    }

    /// Appends the request with the field behind its other ones: all that is sampled here is
    /// meant to be found, so the flag says that it is.
    mutating func append(
        _ message: UnsafeRawBufferPointer, of trace: TraceID, to bytes: inout [UInt8]
    ) {
        let head = Self.headLength(of: message)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: message[..<head]))
        Self.name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(hexOf: trace.high)
        bytes.append(hexOf: trace.low)
        bytes.append(UInt8(ascii: "-"))
        bytes.append(hexOf: max(1, random.next()))
        bytes.append(contentsOf: "-01\r\n".utf8)
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: message[head...]))
    }

    /// Up to the empty line, which every message of ours has.
    private static func headLength(of message: UnsafeRawBufferPointer) -> Int {
        var index = 0
        while index + 3 < message.count {
            if message[index] == 13, message[index + 1] == 10, message[index + 2] == 13,
                message[index + 3] == 10
            {
                return index + 2
            }
            index += 1
        }
        return message.count
    }
}

/// Names a trace.
package struct TraceID: Equatable, Sendable {
    let high: UInt64
    let low: UInt64

    /// Marks a place without a trace.
    static let none = TraceID(high: 0, low: 0)

    /// 32 digits, as backends show it.
    package var text: String {
        var bytes: [UInt8] = []
        bytes.append(hexOf: high)
        bytes.append(hexOf: low)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// The slowest traced response of an endpoint.
package struct SlowTrace: Equatable, Sendable {
    package let trace: TraceID
    /// From its intended start to its end.
    package let microseconds: UInt64
}

extension [UInt8] {
    /// Sixteen digits.
    fileprivate mutating func append(hexOf value: UInt64) {
        for shift in stride(from: UInt64(60), through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> shift) & 15
            append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }
}
