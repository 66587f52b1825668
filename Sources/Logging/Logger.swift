import Foundation

/// Writes what happens as JSON lines: an event in words that never change, so that they can be
/// searched for, and fields for what does.
package struct Logger: Sendable {
    package let level: LogLevel
    private let sink: any LogSink
    private let secrets: SecretRegistry
    private let now: @Sendable () -> Date
    private var fields: [String: LogValue] = [:]

    /// - Parameters:
    ///   - level: the least level that is written.
    ///   - secrets: texts that are masked wherever they occur in a line.
    ///   - now: the clock of the lines.
    package init(
        level: LogLevel = .info, sink: any LogSink = StandardErrorSink(),
        secrets: SecretRegistry = SecretRegistry(), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.level = level
        self.sink = sink
        self.secrets = secrets
        self.now = now
    }

    /// A logger that adds `fields` to every line; a field given with an event wins over them.
    package func with(_ fields: [String: LogValue]) -> Logger {
        var logger = self
        logger.fields.merge(fields) { _, new in new }
        return logger
    }

    /// `text` as a line would show it: without any of the secrets, and cut behind `bytesMax` bytes.
    package func masked(_ text: String, bytesMax: Int) -> String {
        secrets.masked(text, bytesMax: bytesMax)
    }

    package func debug(_ event: String, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
        write(.debug, event, fields)
    }

    package func info(_ event: String, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
        write(.info, event, fields)
    }

    package func warning(_ event: String, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
        write(.warning, event, fields)
    }

    package func error(_ event: String, _ fields: @autoclosure () -> [String: LogValue] = [:]) {
        write(.error, event, fields)
    }

    /// Takes the fields as a closure, so that a line below the level costs nothing.
    private func write(_ level: LogLevel, _ event: String, _ fields: () -> [String: LogValue]) {
        guard level >= self.level else { return }
        let line = LogLine(
            time: now(), level: level, event: event,
            fields: self.fields.merging(fields()) { _, new in new }, redaction: secrets.current)
        sink.write(line.bytes)
    }
}
