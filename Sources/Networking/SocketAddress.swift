import CLinux
import Glibc

/// An IPv4 or IPv6 address and a port.
package struct SocketAddress: Sendable {
    private var storage: sockaddr_storage
    private var length: socklen_t

    /// Lets a system call fill in the address, as `accept` and `getsockname` do.
    init<Failure: Error>(
        filledBy call: (UnsafeMutablePointer<sockaddr>, inout socklen_t) throws(Failure) -> Void
    ) throws(Failure) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try withUnsafeMutablePointer(to: &storage) { pointer throws(Failure) in
            try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                address throws(Failure) in
                try call(address, &length)
            }
        }
        (self.storage, self.length) = (storage, length)
    }

    package var port: Int {
        var storage = storage
        return withUnsafeMutablePointer(to: &storage) { pointer in
            let port =
                isIPv6
                ? pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    $0.pointee.sin6_port
                }
                : pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    $0.pointee.sin_port
                }
            return Int(UInt16(bigEndian: port))
        }
    }

    /// The numeric address. An IPv4 client of a socket that serves both reads as IPv4.
    package var host: String {
        var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var storage = storage
        let code = withUnsafePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getnameinfo(
                    $0, length, &text, socklen_t(text.count), nil, 0, Int32(NI_NUMERICHOST))
            }
        }
        guard code == 0 else { return "unknown" }
        let host = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let mapped = "::ffff:"
        return host.hasPrefix(mapped) && host.contains(".")
            ? String(host.dropFirst(mapped.count)) : host
    }

    private var isIPv6: Bool { Int32(storage.ss_family) == AF_INET6 }
}
