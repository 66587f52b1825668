import TestSupport
import Testing

@testable import LoadEngine

/// Random damage to good responses: whatever a server answers, each request is counted once, and
/// the run ends.
@Suite(.timeLimit(.minutes(3)))
struct ResponseFuzzTests {
    private static let good = [
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0\r\nT: v\r\n\r\n",
        "HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end",
        "HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy",
        "HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 9\r\n\r\nredirects",
    ].map { Array($0.utf8) }

    /// What the server does for request `number`: the same for the same seed.
    static func steps(seed: UInt64, number: Int) -> [TargetServer.Step] {
        var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
        var bytes = random.pick(good)
        // A place that chance makes is nowhere to send requests to.
        let isRedirect = bytes.starts(with: "HTTP/1.1 302".utf8)
        if !isRedirect, random.chance(60) {
            for _ in 0..<Int.random(in: 1...4, using: &random) { mutate(&bytes, using: &random) }
        }
        var steps: [TargetServer.Step] = []
        if random.chance(30), bytes.count > 1 {
            // In pieces.
            let cut = Int.random(in: 1..<bytes.count, using: &random)
            steps = [
                .send(Array(bytes[..<cut])), .wait(.milliseconds(1)), .send(Array(bytes[cut...])),
            ]
        } else {
            steps = [.send(bytes)]
        }
        // What lacks its end must not keep everybody waiting for the time-out.
        switch Int.random(in: 0..<10, using: &random) {
        case 0...5: steps.append(.close)
        case 6: steps.append(.reset)
        default: steps += [.wait(.milliseconds(3)), .close]
        }
        return steps
    }

    private static func mutate(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 3: bytes.removeSubrange(place...)
        case 4: bytes.insert(contentsOf: bytes[place...], at: place)
        default:
            let word = random.pick(["\r\n", "\n", "0", "9999999999", "chunked", ":", " "])
            bytes.insert(contentsOf: Array(word.utf8), at: place)
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>, [0, 2])
    func `each request is counted once, whatever comes`(
        seed: UInt64, redirectsMax: Int
    ) async throws {
        let target = try TargetServer { exchange in
            Self.steps(seed: seed, number: exchange.number)
        }
        let calls = [
            Call(path: "/a", timeout: .seconds(45)), Call(path: "/b", timeout: .seconds(45)),
        ]
        let plan = LoadPlan(calls, at: [Origin(target)], .users(8), requests: 800)
        let run = try await load(
            plan.with {
                $0.connections.redirectsMax = redirectsMax
                $0.threads = Int(seed % 2) + 1
            })
        expectConsistent(run)
        #expect(run.report.requests == 800)
        #expect(run.report.inFlight == 0)
        #expect(run.report.responses > 100)
        #expect(run.report.failures > 100)
        if redirectsMax == 0 {
            #expect(
                (800...800 + run.report.resends).contains(target.ledger.requests))
        }
        let known: Set<FailureKind> = [
            .reset, .badResponse, .unexpectedStatus, .connectRefused,
        ]
        #expect(Set(run.report.kinds.keys).isSubset(of: known))
    }
}
