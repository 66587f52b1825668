import Testing

@testable import bench

struct TargetValueTests {
    private func text(_ response: borrowing ResponseBytes) -> String {
        String(decoding: response.bytes(from: 0), as: UTF8.self)
    }

    @Test func `a response is rendered once, in the framing asked for`() {
        #expect(
            text(ResponseBytes(.init()))
                == "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok")
        #expect(
            text(ResponseBytes(.init(status: 503, bodyBytes: 3, isChunked: true, closes: true)))
                == "HTTP/1.1 503 Error\r\nContent-Type: text/plain\r\nConnection: close\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n3\r\nxxx\r\n0\r\n\r\n")
    }

    @Test func `JSON responses count up in all places alike and keep their length`() throws {
        let response = ResponseBytes(.init(isJSON: true))
        let length = response.count
        for _ in 0..<100 { response.countUp() }
        let number = ResponseBytes.firstNumber + 100
        #expect(response.count == length)
        #expect(text(response).contains("X-Token: t\(number)\r\n"))
        #expect(text(response).hasSuffix(#"{"token":"t\#(number)","id":\#(number)}"#))
    }

    @Test func `responses become due in order, also after the ring has grown`() {
        var held = HeldResponses()
        #expect(held.earliest == nil)
        for time in 0..<700 {
            held.append(.init(dueNanoseconds: Int64(time), connection: time, generation: 0))
        }
        for time in 0..<600 { #expect(held.popDue(at: 1_000)?.connection == time) }
        for time in 700..<3_000 {
            held.append(.init(dueNanoseconds: Int64(time), connection: time, generation: 0))
        }
        #expect(held.earliest == 600)
        #expect(held.popDue(at: 599) == nil)
        for time in 600..<3_000 { #expect(held.popDue(at: 3_000)?.connection == time) }
        #expect(held.isEmpty)
    }

    @Test func `the last line of a target is read as it was written`() throws {
        let counts = Responder.Counts(
            requests: 12, connections: 3, elapsed: .milliseconds(1_500))
        let summary = TargetCommand.Summary(counts: counts, cpuSeconds: 0.25)
        #expect(TargetCommand.Summary("\(summary)") == summary)
        #expect(TargetCommand.Summary("listening 8080") == nil)
    }

    @Test func `what a target is asked to be is read from its options`() throws {
        let settings = try TargetSettings([
            "--port", "81", "--body=100", "--status", "404", "--chunked", "--close",
            "--delay", "1.5ms", "--stall", "10000:1000", "--log", "a", "--lifeline",
        ])
        #expect(settings.port == 81)
        #expect(
            settings.response == .init(status: 404, bodyBytes: 100, isChunked: true, closes: true))
        #expect(settings.delay == .microseconds(1_500))
        #expect(settings.stall == .init(period: .seconds(10), length: .seconds(1)))
        #expect(settings.arrivalLog == "a")
        #expect(settings.hasLifeline)
    }

    @Test(arguments: [
        ["--port"], ["--port", "x"], ["--body", "-1"], ["--stall", "10:10"], ["--stall", "10"],
        ["--delay", "5"], ["--delay", "2h"], ["--delay", "inf" + "s"], ["--unknown"], ["operand"],
        ["--chunked=1"],
    ])
    func `a wrong option is an error`(words: [String]) {
        #expect(throws: UsageError.self) { try TargetSettings(words) }
    }
}
