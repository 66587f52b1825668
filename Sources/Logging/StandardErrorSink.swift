import Glibc
import Synchronization

/// Writes every line with one `write(2)`, so that lines of several threads, or of a child process
/// with the same standard error, do not mix (POSIX promises it for pipes up to `PIPE_BUF`).
package final class StandardErrorSink: LogSink {
    /// How long a line waits for a reader of a non-blocking standard error: long enough for one
    /// that is busy, short enough that one that has stopped reading does not stop the program.
    static let readerTimeoutMilliseconds: Int32 = 100

    private let descriptor: Int32
    /// Held while writing, because only that keeps the parts of a short write together.
    /// The value says whether a line was given up in its middle.
    private let isInsideLine = Mutex(false)

    package convenience init() { self.init(descriptor: STDERR_FILENO) }

    init(descriptor: Int32) { self.descriptor = descriptor }

    package func write(_ line: [UInt8]) {
        isInsideLine.withLock { isInsideLine in
            // The newline ends what is left of the lost line, and saves this one.
            let bytes = isInsideLine ? [UInt8(ascii: "\n")] + line : line
            let written = writeAll(bytes)
            if written > 0 { isInsideLine = written < bytes.count }
        }
    }

    /// - Returns: how many bytes were written; fewer than there are when the reader is gone.
    private func writeAll(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { buffer in
            var written = 0
            while written < buffer.count {
                let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count > 0 {
                    written += count
                } else if count == 0 || !mayTryAgain(after: errno) {
                    break
                }
            }
            return written
        }
    }

    /// Whether another `write(2)` can succeed after one that failed with `code`.
    private func mayTryAgain(after code: Int32) -> Bool {
        switch code {
        case EINTR:
            return true
        case EAGAIN:
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            return Glibc.poll(&poll, 1, Self.readerTimeoutMilliseconds) > 0
        default:
            return false  // Closed, full or broken: there is no place left to complain.
        }
    }
}
