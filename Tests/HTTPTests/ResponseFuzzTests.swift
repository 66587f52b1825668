import TestSupport
import Testing

@testable import HTTP

/// Mutated responses, offered whole and in random pieces: both must come to the same end.
struct ResponseFuzzTests {
    private static let seeds = ResponseParserTests.examples
    private static let tokens = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "0", "-1", "1", "F", "HTTP/1.1 ",
        "FFFFFFFFFFFFFFFF", "99999999999999999999", "chunked", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "Connection: close\r\n", "HTTP/1.1 100 X\r\n\r\n",
        "Content-Length:", " x\r\n", String(repeating: "a", count: 300),
    ]

    @Test(arguments: 0..<8)
    func `the result does not depend on how the bytes are split`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            let answersHead = random.chance(10)
            let bytes = Self.mutated(&random)
            let whole = Self.read(bytes, pieces: [bytes.count], answersHead)
            let pieces = Self.pieces(bytes.count, &random)
            #expect(whole == Self.read(bytes, pieces: pieces, answersHead))
            if bytes.count < 200 {
                let single = Array(repeating: 1, count: bytes.count)
                #expect(whole == Self.read(bytes, pieces: single, answersHead))
            }
        }
    }

    @Test(arguments: 0..<4)
    func `throwing content away counts like reading it`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<400 {
            let bytes = Self.mutated(&random)
            let read = Self.read(bytes, pieces: Self.pieces(bytes.count, &random), false)
            let skipped = Self.read(
                bytes, pieces: Self.pieces(bytes.count, &random), false, skipping: true)
            #expect(read == skipped)
        }
    }

    /// What can be observed of a stream of responses.
    private struct Reading: Equatable {
        var messages: [String] = []
        var error: MessageError?
        var byteCount = 0
    }

    private static func read(
        _ bytes: [UInt8], pieces: [Int], _ answersHead: Bool, skipping: Bool = false
    ) -> Reading {
        var reading = Reading()
        var parser = ResponseParser(answersHead: answersHead)
        var (start, available) = (0, 0)
        do throws(MessageError) {
            for piece in pieces {
                available += piece
                while start < available {
                    let count = min(parser.contentBytesAhead, available - start)
                    if skipping, count > 0 {
                        parser.skipContent(count)
                        start += count
                    } else {
                        start += try parser.consume(bytes.span.extracting(start..<available))
                    }
                    guard parser.isComplete else { continue }
                    reading.messages.append(describe(parser))
                    parser.begin(answersHead: answersHead)
                }
            }
            if parser.hasBegun {
                try parser.end()
                reading.messages.append(describe(parser))
            }
        } catch {
            reading.error = error
        }
        // Where an error stops the reading depends on the split; what came before it does not.
        if reading.error == nil { reading.byteCount = start }
        return reading
    }

    private static func describe(_ parser: ResponseParser) -> String {
        "\(parser.status) \(parser.framing) \(parser.keepsConnection) \(parser.headByteCount) "
            + "\(parser.bodyByteCount)"
    }

    private static func mutated(_ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) { bytes += random.pick(seeds).bytes }
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2: bytes.insert(contentsOf: random.pick(tokens).utf8, at: place)
            case 3: bytes.removeSubrange(place..<min(place + 9, bytes.count))
            default:
                bytes.insert(contentsOf: bytes[place..<min(place + 20, bytes.count)], at: place)
            }
        }
        return bytes
    }

    private static func pieces(_ count: Int, _ random: inout SeededGenerator) -> [Int] {
        var (pieces, left) = ([Int](), count)
        while left > 0 {
            let piece = Int.random(in: 1...min(left, 40), using: &random)
            pieces.append(piece)
            left -= piece
        }
        return pieces
    }
}
