import Testing

/// Noise at a living server: whatever is sent, it answers the next client.
struct ServerFuzzTests {
    private static let valid = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
    private static let chunked =
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"

    @Test(arguments: 0..<4)
    func `noise neither stops the server nor uses it up`(seed: UInt64) async throws {
        let server = try TestServer(threads: 2) {
            ($0.headTimeMax, $0.bodyTimeMax) = (.milliseconds(20), .milliseconds(20))
            ($0.idleTimeMax, $0.lingerTimeMax) = (.milliseconds(50), .milliseconds(20))
        }
        var random = Congruential(state: seed)
        for _ in 0..<60 {
            let client = try server.client()
            let bytes = Self.mutated(&random)
            let cut = Int.random(in: 0...bytes.count, using: &random)
            // The server may have closed already, which is one of its right answers.
            _ = try? client.sendWithoutWaiting(Array(bytes[..<cut]))
            if Bool.random(using: &random) { await Task.yield() }
            _ = try? client.sendWithoutWaiting(Array(bytes[cut...]))
            switch Int.random(in: 0..<3, using: &random) {
            case 0: client.endSending()
            case 1: _ = try await client.end()
            default: break  // Leaves at once.
            }
        }
        let client = try server.client()
        #expect(try await client.ask(Self.valid).body == "abc")
        try await server.waitForConnections(0)
        await server.shutdown()
    }

    private static func mutated(_ random: inout Congruential) -> [UInt8] {
        var bytes = Array((Bool.random(using: &random) ? valid : chunked).utf8)
        bytes += Array(valid.utf8)
        for _ in 0..<Int.random(in: 0...6, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            if Bool.random(using: &random) {
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            } else {
                bytes.remove(at: place)
            }
        }
        return bytes
    }
}

/// A generator that repeats itself, so that a failure can be repeated.
private struct Congruential: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }
}
