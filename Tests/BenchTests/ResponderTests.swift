import Glibc
import Networking
import TestSupport
import Testing

@testable import bench

/// The target within this process, on a thread of its own, and a client as simple as can be.
struct ResponderTests {
    /// Lets `body` talk to a target and returns what that counted.
    private func withTarget(
        _ words: [String], _ body: (Client) throws -> Void
    ) async throws -> Responder.Counts {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let reader = Descriptor(owning: ends[0])
        let writer = Descriptor(owning: ends[1])
        let settings = try TargetSettings(words)
        let outcome = Outcome()
        let stop = reader.number
        let thread = try LoopThread.start(name: "target") {
            outcome.value.withLock { value in
                value = Result {
                    let responder = try Responder(settings)
                    try responder.stop(when: stop)
                    outcome.port.store(responder.port, ordering: .releasing)
                    return try responder.run()
                }
            }
        }
        #expect(await eventually { outcome.port.load(ordering: .acquiring) > 0 })
        let client = try Client(port: outcome.port.load(ordering: .acquiring))
        let talk = Result { try body(client) }
        var byte: UInt8 = 0
        _ = write(writer.number, &byte, 1)
        await thread.finished()
        try talk.get()
        return try #require(try outcome.value.withLock { try $0?.get() })
    }

    @Test func `requests with and without bodies are answered and counted`() async throws {
        let counts = try await withTarget([]) { client in
            let answer =
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.receive(answer.utf8.count) == answer)
            try client.send("POST / HTTP/1.1\r\nContent-Length: 6\r\n\r\n\r\n\r\n")
            try client.send("abGET / HTTP/1.1\r\n")
            try client.send("\r\n")
            #expect(try client.receive(2 * answer.utf8.count) == answer + answer)
        }
        #expect(counts.requests == 3)
        #expect(counts.connections == 1)
    }

    @Test func `a large body arrives whole`() async throws {
        let counts = try await withTarget(["--body", "3000000"]) { client in
            try client.send("GET / HTTP/1.1\r\n\r\n")
            let head =
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3000000\r\n\r\n"
            let answer = try client.receive(head.utf8.count + 3_000_000)
            #expect(answer.hasPrefix(head))
            #expect(answer.utf8.dropFirst(head.utf8.count).allSatisfy { $0 == UInt8(ascii: "x") })
        }
        #expect(counts.requests == 1)
    }

    @Test func `it closes after the response when asked to`() async throws {
        let counts = try await withTarget(["--close"]) { client in
            try client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(
                try client.receiveToEnd().hasSuffix(
                    "Connection: close\r\n"
                        + "Content-Length: 2\r\n\r\nok"))
        }
        #expect(counts.requests == 1)
    }

    @Test func `what it cannot follow ends the connection and counts as nothing`() async throws {
        let counts = try await withTarget([]) { client in
            try client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            #expect(try client.receiveToEnd().isEmpty)
        }
        #expect(counts.requests == 0)
        #expect(counts.connections == 1)
    }

    @Test func `delayed and stalled responses leave late, and requests are logged at once`()
        async throws
    {
        let folder = try TemporaryFolder()
        let (log, responseLog) = (folder.path("log"), folder.path("responses"))
        let start = MonotonicTime.now
        // All but the first millisecond of a period is a stall.
        let counts = try await withTarget([
            "--delay", "20ms", "--stall", "60:59", "--log", log, "--response-log", responseLog,
        ]) { client in
            try client.send("GET / HTTP/1.1\r\n\r\n")
            #expect(try client.receive(1) == "H")
            #expect(MonotonicTime.now - start >= .milliseconds(60))
        }
        #expect(counts.requests == 1)
        let times = try TimeLog.read(from: log)
        #expect(times.count == 1)
        #expect(times.allSatisfy { $0 >= start.nanoseconds })
        let responses = try TimeLog.read(from: responseLog)
        #expect(responses.count == 1)
        #expect(zip(times, responses).allSatisfy { $1 - $0 >= 59_000_000 })
    }
}
