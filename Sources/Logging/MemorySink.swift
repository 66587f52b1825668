import Synchronization

/// Keeps the last lines, for tests.
package final class MemorySink: LogSink {
    /// More than a test looks at; a test that runs long keeps the newest.
    static let linesMax = 10_000

    private let kept = Mutex([String]())

    package init() {}

    package func write(_ line: [UInt8]) {
        let text = String(decoding: line, as: UTF8.self)
        kept.withLock { lines in
            if lines.count == Self.linesMax { lines.removeFirst() }
            lines.append(text)
        }
    }

    /// The lines so far, oldest first, each with its newline.
    package var lines: [String] { kept.withLock { $0 } }
}
