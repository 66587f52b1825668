/// Collects the body that a head announced, whichever way it is framed.
package struct BodyDecoder: Sendable {
    private enum Framing {
        case length(remaining: Int)
        case chunked(ChunkedDecoder)
    }

    private var framing: Framing
    /// What has arrived so far; never longer than the limit.
    package private(set) var body: [UInt8] = []

    /// Refuses at once a body that says it is longer than `bodyBytesMax`.
    package init(_ framing: RequestHead.Framing, bodyBytesMax: Int) throws(MessageError) {
        switch framing {
        case .empty: self.framing = .length(remaining: 0)
        case .chunked:
            self.framing = .chunked(ChunkedDecoder(bodyBytesMax: bodyBytesMax))
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
            var index = start
            while let content = try decoder.nextContent(in: bytes, from: &index) {
                body.append(bytes, in: content)
            }
            framing = .chunked(decoder)
            return index
        }
    }
}

extension [UInt8] {
    mutating func append(_ bytes: Span<UInt8>, in range: Range<Int>) {
        guard !range.isEmpty else { return }
        bytes.extracting(range).withUnsafeBytes { append(contentsOf: $0) }
    }
}
