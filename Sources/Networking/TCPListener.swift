import CLinux
import Glibc

/// A socket that accepts connections.
package final class TCPListener: Sendable {
    package enum AcceptOutcome {
        /// A non-blocking socket, which the caller now owns.
        case accepted(descriptor: Int32, from: SocketAddress)
        case wouldBlock
        /// Usually the process has no descriptor to spare. The connection stays in the queue, so
        /// the listener remains ready: wait before asking again.
        case unable(SystemError)
    }

    /// Connections that the kernel keeps until they are accepted; it lowers this to its own limit.
    private static let backlog: Int32 = 1_024

    private let socket: Descriptor
    package let port: Int
    /// Whether only programs of this machine can connect.
    package let isLoopback: Bool

    package var descriptor: Int32 { socket.number }

    /// Listens on the first address of `host` that can be bound. Looks names up and may block.
    ///
    /// Another listener on the same port is an error: sharing it (`SO_REUSEPORT`) would let a
    /// process that was forgotten take half of the connections unnoticed.
    package init(host: String, port: Int) throws(SystemError) {
        socket = try Self.open(host: host, port: port)
        let address = try Self.address(of: socket.number)
        self.port = address.port
        isLoopback = address.isLoopback
    }

    package func accept() -> AcceptOutcome {
        while true {
            var code: Int32 = 0
            var number: Int32 = -1
            let address = SocketAddress { pointer, length in
                number = accept4(
                    socket.number, pointer, &length,
                    Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
                code = errno
            }
            if number >= 0 { return .accepted(descriptor: number, from: address) }
            switch code {
            case EAGAIN: return .wouldBlock
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH:
                continue  // This connection failed before it was accepted; the next may do.
            default: return .unable(SystemError(call: "accept", code: code))
            }
        }
    }

    private static func open(host: String, port: Int) throws(SystemError) -> Descriptor {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            // Its codes are not errno's, except for the one that says so.
            throw SystemError(
                call: "getaddrinfo \(host)", code: code == EAI_SYSTEM ? errno : EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(list) }

        var failure = SystemError(call: "bind \(host):\(port)", code: EADDRNOTAVAIL)
        var next = list
        while let address = next?.pointee {
            do {
                return try listen(on: address, subject: "\(host):\(port)")
            } catch {
                failure = error
            }
            next = address.ai_next
        }
        throw failure
    }

    private static func listen(
        on address: addrinfo, subject: String
    ) throws(SystemError) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(address.ai_family, type, 0)
        guard number >= 0 else { throw SystemError(call: "socket", code: errno) }
        let socket = Descriptor(owning: number)
        var on: Int32 = 1
        // So that a restart need not wait for old connections to be forgotten.
        setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
        guard bind(number, address.ai_addr, address.ai_addrlen) == 0 else {
            throw SystemError(call: "bind \(subject)", code: errno)
        }
        guard Glibc.listen(number, backlog) == 0 else {
            throw SystemError(call: "listen \(subject)", code: errno)
        }
        return socket
    }

    private static func address(of number: Int32) throws(SystemError) -> SocketAddress {
        try SocketAddress { address, length throws(SystemError) in
            guard getsockname(number, address, &length) == 0 else {
                throw SystemError(call: "getsockname", code: errno)
            }
        }
    }
}
