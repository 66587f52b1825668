import Foundation

/// The few calls on loopback sockets that a proxy needs.
enum Sockets {
    static func listen() throws -> Int32 {
        let listener = socket(AF_INET, kind, 0)
        var address = loopback(0)
        let code = withAddress(&address) { bind(listener, $0, $1) }
        guard listener >= 0, code == 0, Glibc.listen(listener, 128) == 0 else {
            throw HarnessError("no socket to listen at: \(errno)")
        }
        return listener
    }

    static func port(of listener: Int32) -> UInt16 {
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withAddress(&address) { pointer, _ in
            getsockname(listener, UnsafeMutablePointer(mutating: pointer), &length)
        }
        return UInt16(bigEndian: address.sin_port)
    }

    static func accept(at listener: Int32) -> Int32? {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        return client
    }

    /// On loopback it is connected or refused at once.
    static func connect(to port: UInt16) -> Int32? {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = loopback(port)
        guard withAddress(&address, { Glibc.connect(server, $0, $1) }) == 0 else {
            close(server)
            return nil
        }
        return server
    }

    /// Ends a connection so that the other side learns that it was broken.
    static func reset(_ socket: Int32) {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        close(socket)
    }

    private static let kind = Int32(
        SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        address(UInt32(INADDR_LOOPBACK), port)
    }

    static func address(_ host: UInt32, _ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = host.bigEndian
        address.sin_port = port.bigEndian
        return address
    }

    /// Calls `bind` or `connect`.
    static func call(
        _ function: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32, _ socket: Int32,
        _ address: sockaddr_in
    ) -> Int32 {
        var address = address
        return withAddress(&address) { function(socket, $0, $1) }
    }

    private static func withAddress(
        _ address: inout sockaddr_in, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                call(UnsafePointer($0), socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
