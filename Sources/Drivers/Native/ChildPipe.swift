import ControlPlane
import Glibc

/// What leads to one standard stream of a child: a pair of sockets. Pipes would do the same, but
/// these are closed in other children from the first moment, where two calls would leave a gap in
/// which another thread's child inherits an end and keeps it open; and writing to a child that has
/// gone is an error instead of a signal.
struct ChildPipe {
    /// One end, closed when nobody holds it any more.
    final class End: Sendable {
        let number: Int32

        fileprivate init(owning number: Int32) {
            self.number = number
        }

        deinit {
            // Retrying is wrong: Linux has freed the number even where it reports an error.
            close(number)
        }
    }

    enum Outcome: Equatable {
        case bytes(Int)
        case wouldBlock
        /// The other side is gone, whichever way.
        case end
    }

    /// Read and written without waiting.
    let ours: End
    let childs: End

    init() throws(DriverError) {
        var numbers: [Int32] = [0, 0]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, type, 0, &numbers) == 0 else {
            throw DriverError(call: "socketpair", code: errno)
        }
        let (first, second) = (End(owning: numbers[0]), End(owning: numbers[1]))
        ours = try Self.aboveStandardStreams(first)
        childs = try Self.aboveStandardStreams(second)
    }

    /// A service that was started without standard streams gets their numbers for its sockets, and
    /// what a child must have at 0 would be overwritten by what it must have at 1.
    private static func aboveStandardStreams(_ end: End) throws(DriverError) -> End {
        guard end.number <= STDERR_FILENO else { return end }
        let number = fcntl(end.number, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
        guard number >= 0 else { throw DriverError(call: "fcntl", code: errno) }
        return End(owning: number)
    }
}

extension ChildPipe.End {
    func read(into buffer: inout [UInt8]) -> ChildPipe.Outcome {
        while true {
            let count = recv(number, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .end  // ECONNRESET: it died with something of ours unread.
            }
        }
    }

    func write(_ bytes: ArraySlice<UInt8>) -> ChildPipe.Outcome {
        let flags = Int32(MSG_DONTWAIT | MSG_NOSIGNAL)
        while true {
            let count = bytes.withUnsafeBytes { send(number, $0.baseAddress, $0.count, flags) }
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            default: return .end  // EPIPE: nobody reads there any more.
            }
        }
    }
}
