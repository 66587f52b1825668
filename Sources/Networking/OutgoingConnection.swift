import CLinux
import Glibc

/// A connection on its way to a peer, or already there.
package struct OutgoingConnection: ~Copyable {
    /// To be watched for writing until the connection stands, see `UnownedSocket`.
    package let socket: Descriptor
    /// Whether the connection stands already. Otherwise the socket becomes writable when it is
    /// decided, and `UnownedSocket.finishConnecting` tells.
    package let isEstablished: Bool

    /// Begins to connect and waits for nothing.
    ///
    /// - Parameter source: the address to connect from, for machines with several; with port 0 the
    ///   kernel takes any.
    package init(
        to address: SocketAddress, from source: SocketAddress? = nil
    ) throws(SystemError) {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(address.family, type, 0)
        guard number >= 0 else { throw SystemError(call: "socket", code: errno) }
        let descriptor = Descriptor(owning: number)
        UnownedSocket(number).sendWithoutDelay()
        if let source { try Self.bind(number, to: source) }
        isEstablished = try Self.connect(number, to: address)
        socket = descriptor
    }

    /// Hands the socket over to a table of connections, say.
    package consuming func takeSocket() -> Descriptor { socket }

    private static func bind(_ number: Int32, to source: SocketAddress) throws(SystemError) {
        // The port is then chosen when the peer is known, and one port can serve connections to
        // several peers; otherwise all of them share 28,000.
        UnownedSocket(number).setOption(Int32(IPPROTO_IP), IP_BIND_ADDRESS_NO_PORT)
        let code = source.withPointer { Glibc.bind(number, $0, $1) == 0 ? 0 : errno }
        guard code == 0 else { throw SystemError(call: "bind \(source)", code: code) }
    }

    private static func connect(
        _ number: Int32, to address: SocketAddress
    ) throws(SystemError) -> Bool {
        guard try !attempt(number, address) else { return true }
        // Within a machine it is decided by now, and the kernel only had no chance to say so, as
        // the answer came while the call held the socket. Asking again saves three calls and a
        // wait.
        return try attempt(number, address)
    }

    /// - Returns: whether the connection stands.
    private static func attempt(
        _ number: Int32, _ address: SocketAddress
    ) throws(SystemError) -> Bool {
        let code = address.withPointer { Glibc.connect(number, $0, $1) == 0 ? 0 : errno }
        switch code {
        case 0, EISCONN: return true
        // An interrupted `connect` goes on by itself.
        case EINPROGRESS, EALREADY, EINTR: return false
        default: throw SystemError(call: "connect \(address)", code: code)
        }
    }
}
