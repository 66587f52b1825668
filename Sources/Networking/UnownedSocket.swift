import CLinux
import Glibc

/// A connected, non-blocking socket that somebody else closes.
///
/// A bare number: it fits into tables of connections, and using it counts no references.
package struct UnownedSocket: Sendable {
    package enum ReadOutcome: Equatable, Sendable {
        case bytes(Int)
        case wouldBlock
        case endOfStream
    }

    package enum WriteOutcome: Equatable, Sendable {
        /// How many were taken, possibly fewer than offered.
        case bytes(Int)
        case wouldBlock
    }

    /// Most bytes asked to be thrown away at once; the kernel would go up to 2 GiB.
    package static let discardBytesMax = 1 << 30

    package let descriptor: Int32

    package init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads what is there. Having to wait is an answer, not an error.
    ///
    /// - Parameter buffer: not empty; reading nothing looks like the stream's end.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> ReadOutcome {
        try receive(into: buffer.baseAddress, count: buffer.count, flags: 0)
    }

    /// Reads what is there, up to `count` bytes, and lets the kernel throw it away: it is not
    /// copied, which for large bodies saves a quarter of the whole cost or more.
    ///
    /// - Parameter count: at least one; more than `discardBytesMax` are not thrown away at once.
    package func discard(_ count: Int) throws(SystemError) -> ReadOutcome {
        let count = min(count, Self.discardBytesMax)
        return try receive(into: nil, count: count, flags: Int32(MSG_TRUNC))
    }

    /// Writes what fits. A peer that is gone is an error and never a signal.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> WriteOutcome {
        while true {
            let count = swarmkeeper_send(
                descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: throw SystemError(call: "send", code: code)
            }
        }
    }

    private func receive(
        into pointer: UnsafeMutableRawPointer?, count: Int, flags: Int32
    ) throws(SystemError) -> ReadOutcome {
        while true {
            let received = swarmkeeper_recv(descriptor, pointer, count, flags)
            if received > 0 { return .bytes(received) }
            if received == 0 { return .endOfStream }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .wouldBlock
            case let code: throw SystemError(call: "recv", code: code)
            }
        }
    }
}

// MARK: The life of a connection

extension UnownedSocket {
    /// Whether the connection that was begun stands, asked once the socket is writable or gone.
    /// Says why not by an error that names the address.
    package func finishConnecting(to address: SocketAddress) throws(SystemError) {
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0 else {
            throw SystemError(call: "getsockopt", code: errno)
        }
        guard code == 0 else { throw SystemError(call: "connect \(address)", code: code) }
    }

    /// Says that nothing more will be sent, while reading goes on.
    package func shutdownWriting() {
        // Fails only if the peer was faster, and then there is nobody to tell.
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Makes closing reset the connection. That is cheaper and keeps no port waiting, but the peer
    /// sees an error and loses what it has not read.
    package func resetWhenClosed() {
        var option = linger(l_onoff: 1, l_linger: 0)
        // Without it the connection closes in the usual way, which is right as well.
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// Whoever writes here writes whole messages; waiting for more only delays them.
    func sendWithoutDelay() {
        // Failure means a connection that is gone already, which the first read will say.
        setOption(Int32(IPPROTO_TCP), TCP_NODELAY)
    }

    func setOption(_ level: Int32, _ name: Int32) {
        var on: Int32 = 1
        setsockopt(descriptor, level, name, &on, socklen_t(MemoryLayout<Int32>.size))
    }
}
