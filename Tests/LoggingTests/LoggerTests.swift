import Foundation
import Testing

@testable import Logging

struct LoggerTests {
    private let sink = MemorySink()

    private func logger(
        level: LogLevel = .debug, secrets: SecretRegistry = SecretRegistry()
    ) -> Logger {
        Logger(
            level: level, sink: sink, secrets: secrets,
            now: { Date(timeIntervalSince1970: 1_795_248_000) })
    }

    @Test func `a line has time, level and event first, then the fields by name`() {
        logger().with(["runId": "r1"]).info(
            "run started", ["users": 5, "as": .strings(["a", "b"])])
        #expect(
            sink.lines == [
                "{\"time\":\"2026-11-21T08:00:00.000Z\",\"level\":\"info\",\"event\":\"run started\","
                    + "\"as\":[\"a\",\"b\"],\"runId\":\"r1\",\"users\":5}\n"
            ])
    }
}
