import CLinux
import Glibc

/// A connected, non-blocking socket.
package final class TCPSocket {
    package enum ReadOutcome: Equatable {
        case bytes(Int)
        case wouldBlock
        case endOfStream
    }

    package enum WriteOutcome: Equatable {
        /// How many were taken, possibly fewer than offered.
        case bytes(Int)
        case wouldBlock
    }

    private let socket: Descriptor

    package var descriptor: Int32 { socket.number }

    /// Takes over a connected socket that is already non-blocking.
    package init(owning descriptor: Int32) {
        socket = Descriptor(owning: descriptor)
        var on: Int32 = 1
        // Whoever writes here writes whole messages; waiting for more only delays them. Failure
        // means a connection that is gone already, which the first read will say.
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on,
            socklen_t(MemoryLayout<Int32>.size))
    }

    /// Reads what is there. Having to wait is an answer, not an error.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> ReadOutcome {
        while true {
            let count = recv(socket.number, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .endOfStream }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: throw SystemError(call: "recv", code: code)
            }
        }
    }

    /// Writes what fits. A peer that is gone is an error and never a signal.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> WriteOutcome {
        while true {
            let count = send(
                socket.number, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: throw SystemError(call: "send", code: code)
            }
        }
    }

    /// Says that nothing more will be sent, while reading goes on.
    package func shutdownWriting() {
        // Fails only if the peer was faster, and then there is nobody to tell.
        shutdown(socket.number, Int32(SHUT_WR))
    }
}
