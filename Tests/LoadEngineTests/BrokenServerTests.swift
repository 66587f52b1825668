import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// Every way in which a server can fail ends in one counter, with an example, within its time.
@Suite(.timeLimit(.minutes(3)))
struct BrokenServerTests {
    private typealias Step = TargetServer.Step

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let steps: [TargetServer.Step]
        /// nil for a response like others.
        let kind: FailureKind?

        init(_ name: String, _ kind: FailureKind?, _ steps: TargetServer.Step...) {
            self.init(name, kind, steps)
        }

        init(_ name: String, _ kind: FailureKind?, _ steps: [TargetServer.Step]) {
            (testDescription, self.kind, self.steps) = (name, kind, steps)
        }

        init(_ name: String, _ kind: FailureKind?, _ text: String) {
            self.init(name, kind, .text(text), .close)
        }
    }

    static let cases: [Case] = [
        Case("garbage", .badResponse, "\u{1}\u{2}\u{3} nothing like HTTP\r\n\r\n"),
        Case("another protocol", .badResponse, "SSH-2.0-OpenSSH_9.2\r\n"),
        Case("HTTP/2", .badResponse, "HTTP/2 200\r\n\r\n"),
        Case("HTTP/0.9", .badResponse, "<html></html>"),
        Case("a status that is no number", .badResponse, "HTTP/1.1 2x0 OK\r\n\r\n"),
        Case("a status out of range", .badResponse, "HTTP/1.1 2000 OK\r\n\r\n"),
        Case("a wrong length", .badResponse, "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        Case(
            "lengths that differ", .badResponse,
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc"),
        Case(
            "a chunk that is none", .badResponse,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
        Case("an upgrade", .badResponse, "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"),
        Case("nothing", .reset, .close),
        Case("half a status line", .reset, "HTTP/1.1 20"),
        Case("half a head", .reset, "HTTP/1.1 200 OK\r\nContent-Le"),
        Case("half a body", .reset, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"),
        Case(
            "half a chunk", .reset,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"),
        Case(
            "chunks without the last", .reset,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"),
        Case("a reset", .reset, .reset),
        Case(
            "a reset in the body", .reset,
            .text("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), .wait(.milliseconds(20)),
            .reset),
        Case(
            "a large body cut short", .reset,
            .text(
                "HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n"
                    + String(repeating: "x", count: 900_000)), .close),
        Case("a head without an end", .badResponse, .sendForEver(Array("X-Field: 1\r\n".utf8))),
        Case(
            "fields without an end", .badResponse, .text("HTTP/1.1 200 OK\r\n"),
            .sendForEver(Array("X-Field: 1\r\n".utf8))),
        Case(
            "one field without an end", .badResponse, .text("HTTP/1.1 200 OK\r\nX: "),
            .sendForEver([UInt8](repeating: 0x61, count: 1_000))),
        Case(
            "interim answers without an end", .badResponse,
            .sendForEver(Array("HTTP/1.1 102 Processing\r\n\r\n".utf8))),
        Case(
            "trailers without an end", .badResponse,
            .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
            .sendForEver(Array("X: y\r\n".utf8))),
        // What looks odd and is right.
        Case(
            "extensions and trailers", nil,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n"
                + "3;a=b\r\nabc\r\n2;c=\"d\"\r\nde\r\n0\r\nX: y\r\n\r\n"),
        Case("a body until the end", nil, "HTTP/1.1 200 OK\r\n\r\nabc"),
        Case("HTTP/1.0", nil, "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc"),
        Case("bare line feeds", nil, "HTTP/1.1 200 OK\nContent-Length: 3\n\nabc"),
        Case("interim answers", nil, "HTTP/1.1 103 Early\r\nA: b\r\n\r\nHTTP/1.1 204 No\r\n\r\n"),
        Case(
            "a head of 60 KB", nil,
            "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 60_000))\r\n"
                + "Content-Length: 0\r\n\r\n"),
        Case(
            "more than was announced", nil,
            "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n"),
        Case(
            "byte by byte", nil, bytes("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")),
    ]

    private static func bytes(_ text: String) -> [TargetServer.Step] {
        text.utf8.flatMap { [.send([$0]), .wait(.milliseconds(1))] }
    }

    @Test(arguments: cases)
    func `a broken server has its own counter`(broken: Case) async throws {
        let target = try TargetServer { _ in broken.steps }
        let run = try await load(LoadPlan(at: [Origin(target)], .users(2), requests: 6))
        expectEqualCounts(run, target)
        #expect(run.report.requests == 6)
        #expect(run.report.kinds == (broken.kind.map { [$0: 6] } ?? [:]))
        #expect(run.report.responses == (broken.kind == nil ? 6 : 0))
        #expect(run.report.connections == 0 || broken.kind == nil)
    }

    @Test(arguments: cases)
    func `a user goes on behind a broken response`(broken: Case) async throws {
        let target = try TargetServer { exchange in
            exchange.number.isMultiple(of: 2) ? broken.steps : [.ok]
        }
        let run = try await load(LoadPlan(at: [Origin(target)], .users(1), requests: 9))
        expectEqualCounts(run, target)
        #expect(run.report.requests == 9)
        let bad = run.report.kinds[broken.kind ?? .reset] ?? 0
        // A request on a connection that had served is sent again where nothing came back.
        #expect(broken.kind == nil ? bad == 0 : (1...5).contains(bad))
        #expect(run.report.failures == bad)
    }

    @Test(arguments: [
        [Step.silence],
        [.text("HTTP/1.1 200 OK\r\n"), .silence],
        [.text("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc"), .silence],
        [.text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"), .silence],
        [.text("HTTP/1.1 200 OK\r\n\r\n"), .sendForEver([UInt8](repeating: 0x61, count: 9_000))],
        [
            .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .sendForEver(Array("3\r\nabc\r\n".utf8)),
        ],
        [.text("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n")]
            + (0..<8).flatMap { _ in [Step.text("x"), .wait(.milliseconds(100))] },
    ])
    fileprivate func `what takes too long is a read time-out at its time`(
        steps: [TargetServer.Step]
    ) async throws {
        let target = try TargetServer { _ in steps }
        let plan = LoadPlan(
            [Call(timeout: .milliseconds(350))], at: [Origin(target)], .users(3), requests: 6)
        let run = try await load(plan)
        expectEqualCounts(run, target)
        #expect(run.report.kinds == [.readTimeout: 6])
        // The second round of requests begins when the first is given up, and not before.
        #expect(run.report.elapsed >= .milliseconds(350))
    }

    @Test func `a time-out of one connection does not wait for those of others`() async throws {
        let target = try TargetServer { exchange in
            exchange.path == "/slow" ? [.silence] : [.wait(.milliseconds(30)), .ok]
        }
        let calls = [
            Call(path: "/slow", timeout: .milliseconds(200)),
            Call(path: "/", timeout: .seconds(60)),
        ]
        let run = try await load(LoadPlan(calls, at: [Origin(target)], .users(5), requests: 40))
        expectEqualCounts(run, target)
        #expect(run.report.kinds == [.readTimeout: target.ledger.requests(of: "/slow")])
    }

    @Test func `a large request to a server that does not read is a read time-out`() async throws {
        let target = try TargetServer { _ in
            [.ok]
        } greeting: { _ in
            [.stopReading]
        }
        let call = Call(
            method: "POST", body: String(repeating: "x", count: 9_000_000),
            timeout: .milliseconds(500))
        let run = try await load(LoadPlan([call], at: [Origin(target)], .users(2), requests: 4))
        expectConsistent(run)
        #expect(run.report.kinds == [.readTimeout: 4])
    }

    @Test func `a large request arrives whole`() async throws {
        let target = try TargetServer { exchange in
            [.response(exchange.bodyByteCount == 2_000_000 ? 200 : 500)]
        }
        let call = Call(method: "POST", body: String(repeating: "x", count: 2_000_000))
        let run = try await load(LoadPlan([call], at: [Origin(target)], .users(3), requests: 12))
        expectEqualCounts(run, target)
        #expect(run.report.statuses == [200: 12])
    }

    @Test func `an answer that comes before the whole request counts`() async throws {
        let target = try TargetServer { _ in
            [.ok]
        } greeting: { _ in
            [.wait(.milliseconds(50)), .response(413, fields: "Connection: close\r\n"), .close]
        }
        let call = Call(method: "POST", body: String(repeating: "x", count: 9_000_000))
        let run = try await load(LoadPlan([call], at: [Origin(target)], .users(1), requests: 3))
        expectConsistent(run)
        // The close resets what is still sent, and may overtake the answer.
        let (early, reset) = (
            run.report.kinds[.unexpectedStatus] ?? 0, run.report.kinds[.reset] ?? 0
        )
        #expect(early + reset == 3)
    }
}
