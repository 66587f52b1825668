/// Collects the body that a head announced, whichever way it is framed.
package struct BodyDecoder: Sendable {
    private enum Framing {
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
    }

    private var framing: Framing
    private let bodyBytesMax: Int
    /// What has arrived so far; never longer than the limit.
    package private(set) var body: [UInt8] = []

    /// Refuses at once a body that says it is longer than `bodyBytesMax`.
    package init(_ framing: RequestHead.Framing, bodyBytesMax: Int) throws(MessageError) {
        self.bodyBytesMax = bodyBytesMax
        switch framing {
        case .empty: self.framing = .length(remaining: 0)
        case .chunked: self.framing = .chunked(ChunkedDecoder())
        case .length(let count):
            guard count <= bodyBytesMax else { throw .bodyTooLarge }
            self.framing = .length(remaining: count)
        }
    }

    package var isComplete: Bool {
        switch framing {
        case .length(let remaining): remaining == 0
        case .chunked(let decoder): decoder.isComplete
        }
    }

    /// Takes what belongs to the body from `start` on and returns where it stopped: at the end of
    /// the bytes, or behind the body.
    package mutating func decode(
        _ bytes: Span<UInt8>, from start: Int
    ) throws(MessageError) -> Int {
        switch framing {
        case .length(let remaining):
            let count = min(remaining, bytes.count - start)
            body.append(bytes, in: start..<(start + count))
            framing = .length(remaining: remaining - count)
            return start + count
        case .chunked(var decoder):
            let end = try decoder.decode(
                bytes, from: start, into: &body, bodyBytesMax: bodyBytesMax)
            framing = .chunked(decoder)
            return end
        }
    }
}

extension [UInt8] {
    mutating func append(_ bytes: Span<UInt8>, in range: Range<Int>) {
        guard !range.isEmpty else { return }
        bytes.extracting(range).withUnsafeBytes { append(contentsOf: $0) }
    }
}
