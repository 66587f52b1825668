/// A connected, non-blocking socket, closed with its last reference.
package final class TCPSocket {
    package typealias ReadOutcome = UnownedSocket.ReadOutcome
    package typealias WriteOutcome = UnownedSocket.WriteOutcome

    private let socket: Descriptor

    package var descriptor: Int32 { socket.number }
    private var unowned: UnownedSocket { UnownedSocket(socket.number) }

    /// Takes over a connected socket that is already non-blocking.
    package init(owning descriptor: Int32) {
        socket = Descriptor(owning: descriptor)
        unowned.sendWithoutDelay()
    }

    /// Reads what is there. Having to wait is an answer, not an error.
    package func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(SystemError) -> ReadOutcome {
        try unowned.read(into: buffer)
    }

    /// Writes what fits. A peer that is gone is an error and never a signal.
    package func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) -> WriteOutcome {
        try unowned.write(bytes)
    }

    /// Says that nothing more will be sent, while reading goes on.
    package func shutdownWriting() {
        unowned.shutdownWriting()
    }
}
