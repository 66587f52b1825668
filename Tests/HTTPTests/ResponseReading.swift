@testable import HTTP

/// What can be observed of one response, read like a connection reads it.
struct ResponseReading: Equatable, Sendable {
    var status = 0
    var framing = ResponseParser.Framing.none
    var keepsConnection = false
    var body: [UInt8] = []
}

extension ResponseReading {
    /// Reads one response from `bytes`, which arrive in pieces and then end.
    init(of bytes: [UInt8], pieces: [Int], answersHead: Bool = false) throws {
        var parser = ResponseParser(answersHead: answersHead)
        var collector = Collector()
        var start = 0
        for piece in pieces where !parser.isComplete {
            let used = try parser.consume(
                bytes.span.extracting(start..<(start + piece)), showing: &collector)
            guard used == piece || parser.isComplete else { throw Stuck() }
            start += used
        }
        try parser.end()
        guard parser.bodyByteCount == collector.body.count else { throw Stuck() }
        status = parser.status
        framing = parser.framing
        keepsConnection = parser.keepsConnection
        body = collector.body
    }

    /// The parser neither used all bytes nor came to an end, or miscounted.
    struct Stuck: Error {}
}

/// Remembers everything that it is shown.
struct Collector: ResponseObserver {
    var fields: [String] = []
    var body: [UInt8] = []

    mutating func field(name: Span<UInt8>, value: Span<UInt8>) {
        fields.append("\(name.text(in: 0..<name.count))=\(value.text(in: 0..<value.count))")
    }

    mutating func content(_ bytes: Span<UInt8>) {
        body.append(bytes, in: 0..<bytes.count)
    }
}
