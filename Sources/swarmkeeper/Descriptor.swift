import Glibc

/// Files as the system has them. Foundation's errors would hide its words.
enum Descriptor {
    /// Why a call failed, in the system's words.
    struct Failure: Error, Equatable {
        let reason: String

        /// - Parameter code: what `errno` said.
        init(_ code: Int32) {
            reason = String(cString: strerror(code))
        }
    }

    /// Read at once: a quarter of what a pipe holds by default is too many calls for large files.
    private static let pieceBytesMax = 1 << 20

    /// At most `byteCount` bytes of the file at `path`.
    static func read(_ path: String, upTo byteCount: Int) throws(Failure) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        return try read(descriptor, upTo: byteCount)
    }

    /// At most `byteCount` bytes of what is there to be read.
    static func read(_ descriptor: Int32, upTo byteCount: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(byteCount, pieceBytesMax))
        while bytes.count < byteCount {
            let count = Glibc.read(
                descriptor, &piece, min(piece.count, byteCount - bytes.count))
            if count > 0 {
                bytes += piece[..<count]
            } else if count == 0 {
                break
            } else if errno != EINTR {
                throw Failure(errno)
            }
        }
        return bytes
    }

    /// Writes all of `text`.
    static func write(_ text: String, to descriptor: Int32) throws(Failure) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // A terminal that another program has made non-blocking; there is no hurry.
                var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&waiting, 1, -1)
            } else if errno != EINTR {
                throw Failure(errno)
            }
        }
    }
}
