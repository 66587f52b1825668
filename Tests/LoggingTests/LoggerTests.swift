import Foundation
import TestSupport
import Testing

@testable import Logging

struct LoggerTests {
    private let sink = MemorySink()

    private func logger(_ level: LogLevel) -> Logger {
        Logger(level: level, sink: sink, now: { Date(timeIntervalSince1970: 1_795_248_000) })
    }

    @Test func `a line has time, level and event first, then the fields by name`() {
        logger(.info).with(["runId": "r1"])
            .info("run started", ["users": 5, "hosts": .strings(["a", "b"]), "on": true])
        let expected =
            #"{"time":"2026-11-21T08:00:00.000Z","level":"info","event":"run started","#
            + #""hosts":["a","b"],"on":true,"runId":"r1","users":5}"# + "\n"
        #expect(sink.lines == [expected])
    }

    @Test(arguments: zip(LogLevel.allCases, [4, 3, 2, 1]))
    func `a level writes itself and what is above`(level: LogLevel, count: Int) {
        let logger = logger(level)
        logger.debug("a")
        logger.info("a")
        logger.warning("a")
        logger.error("a")
        #expect(sink.lines.count == count)
    }

    @Test func `the fields of a line that is not written are not even computed`() {
        var wasAsked = false
        func fields() -> [String: LogValue] {
            wasAsked = true
            return [:]
        }
        logger(.info).debug("a", fields())
        #expect(!wasAsked)
    }

    @Test func `a field of the event wins over one of the logger`() {
        logger(.info).with(["a": 1, "b": 1]).with(["b": 2, "c": 2]).info("x", ["c": 3])
        #expect(sink.lines.first?.hasSuffix(#""a":1,"b":2,"c":3}"# + "\n") == true)
    }
}

struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"),
        (-0.001, "1969-12-31T23:59:59.999Z"),
        (951_782_400.062, "2000-02-29T00:00:00.062Z"),
        (1_709_251_199.5, "2024-02-29T23:59:59.500Z"),
        (4_107_542_400, "2100-03-01T00:00:00.000Z"),
        (.infinity, "9999-12-31T23:59:59.999Z"),
        (-.infinity, "0000-01-01T00:00:00.000Z"),
        (.nan, "1970-01-01T00:00:00.000Z"),
    ])
    func `times are written in UTC to the millisecond`(seconds: Double, expected: String) {
        #expect(Timestamp(Date(timeIntervalSince1970: seconds)).text == expected)
    }

    @Test func `dates are those of Foundation`() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<500 {
            let seconds = Int.random(in: -2_000_000_000...50_000_000_000, using: &random)
            let date = Date(timeIntervalSince1970: Double(seconds))
            let expected = date.formatted(.iso8601)
            #expect(Timestamp(date).text == expected.dropLast() + ".000Z")
        }
    }
}
