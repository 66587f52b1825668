import Testing

@testable import HTTP

/// Mutated requests, offered whole and in random pieces: both must come to the same end.
struct ParserFuzzTests {
    private static let seeds = [
        "GET /v1/runs/1?limit=5&x=%20y HTTP/1.1\r\nHost: a:80\r\nAccept: */*\r\n\r\n",
        "POST /a%2Fb HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nT: 1\r\n\r\n",
        "PUT http://h/x HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\n"
            + "Content-Length: 1\r\n\r\nx",
        "\r\nOPTIONS * HTTP/1.1\r\nHost: [::1]\r\nX-Long: 0123456789012345678901234567890\r\n\r\n",
    ]
    private static let tokens = [
        "\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", ";", "%", "%00", "/", "?", "0", "-1",
        "FFFFFFFFFFFFFFFF", "99999999999999999999", "chunked", "Content-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "HTTP/1.1", "HTTP/2.0", "\u{FF}",
        String(repeating: "a", count: 300),
    ]

    @Test(arguments: 0..<8)
    func `the result does not depend on how the bytes are split`(seed: UInt64) {
        var random = SplitMix(state: seed)
        for _ in 0..<400 {
            let bytes = Self.mutated(&random)
            let whole = Self.read(bytes, pieces: [bytes.count])
            #expect(whole == Self.read(bytes, pieces: Self.pieces(bytes.count, &random)))
            if bytes.count < 200 {
                #expect(whole == Self.read(bytes, pieces: Array(repeating: 1, count: bytes.count)))
            }
        }
    }

    @Test func `requests survive being split anywhere`() {
        for seed in Self.seeds {
            let bytes = Array(seed.utf8)
            let whole = Self.read(bytes, pieces: [bytes.count])
            #expect(whole.error == nil)
            #expect(whole.messages.count == 1)
            for cut in 1..<bytes.count {
                #expect(whole == Self.read(bytes, pieces: [cut, bytes.count - cut]))
            }
        }
    }

    /// What can be observed of a stream of requests.
    private struct Reading: Equatable {
        var messages: [String] = []
        var error: MessageError?
        var byteCount = 0
    }

    /// Reads like a connection does: requests one after the other, from bytes in pieces.
    private static func read(_ bytes: [UInt8], pieces: [Int]) -> Reading {
        var reading = Reading()
        var (available, start) = (0, 0)
        var parser = newParser()
        var body: (head: RequestHead, decoder: BodyDecoder)?
        do throws(MessageError) {
            for piece in pieces {
                available += piece
                while true {
                    let rest = bytes.span.extracting(start..<available)
                    if var (head, decoder) = body {
                        start += try decoder.decode(rest, from: 0)
                        body = decoder.isComplete ? nil : (head, decoder)
                        guard decoder.isComplete else { break }
                        reading.messages.append(describe(head, decoder.body))
                        head.headers = []
                    } else {
                        guard let head = try parser.parse(rest) else { break }
                        start += parser.byteCount
                        parser = newParser()
                        body = (head, try BodyDecoder(head.framing, bodyBytesMax: 64))
                    }
                }
            }
        } catch {
            reading.error = error
        }
        // Where an error stops the reading depends on the split; what came before it does not.
        if reading.error == nil { reading.byteCount = start }
        return reading
    }

    private static func newParser() -> RequestHeadParser {
        RequestHeadParser(limits: .init(headBytesMax: 400, targetBytesMax: 200, fieldCountMax: 6))
    }

    private static func describe(_ head: RequestHead, _ body: [UInt8]) -> String {
        "\(head.method) \(head.target.path) \(head.target.query) \(head.headers.map(\.value)) "
            + "\(head.keepsAlive) \(head.framing) \(body)"
    }

    private static func mutated(_ random: inout SplitMix) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            bytes += Array(seeds.randomElement(using: &random)?.utf8 ?? "".utf8)
        }
        for _ in 0..<Int.random(in: 0...4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: place)
            case 2:
                let token = tokens.randomElement(using: &random) ?? ""
                bytes.insert(contentsOf: token.utf8, at: place)
            case 3: bytes.removeSubrange(place..<min(place + 9, bytes.count))
            default:
                bytes.insert(contentsOf: bytes[place..<min(place + 20, bytes.count)], at: place)
            }
        }
        return bytes
    }

    private static func pieces(_ count: Int, _ random: inout SplitMix) -> [Int] {
        var (pieces, left) = ([Int](), count)
        while left > 0 {
            let piece = Int.random(in: 1...min(left, 40), using: &random)
            pieces.append(piece)
            left -= piece
        }
        return pieces
    }
}

/// A generator that repeats itself, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
