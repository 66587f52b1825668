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

    /// One of the addresses that a lookup found.
    init?(_ found: addrinfo) {
        let length = Int(found.ai_addrlen)
        guard let address = found.ai_addr, length <= MemoryLayout<sockaddr_storage>.size else {
            return nil
        }
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: address, count: length))
        }
        (self.storage, self.length) = (storage, found.ai_addrlen)
    }

    /// Whether IPv4 or IPv6, in the kernel's numbers.
    var family: Int32 { Int32(storage.ss_family) }

    /// Lends the address to a system call.
    func withPointer<Value>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
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

    /// The 4 or 16 bytes of the address in network order; none of another family.
    package var addressBytes: [UInt8] {
        withUnsafeBytes(of: storage) { bytes in
            switch family {
            case AF_INET: Array(bytes[4..<8])  // Behind family and port, as in `sockaddr_in`.
            case AF_INET6: Array(bytes[8..<24])  // Behind the flow label, too.
            default: []
            }
        }
    }

    /// Whether it leads to this machine itself, and is reached from nowhere else.
    package var isLoopback: Bool {
        let host = host
        return host == "::1" || host.hasPrefix("127.")
    }

    private var isIPv6: Bool { family == AF_INET6 }
}

extension SocketAddress: CustomStringConvertible {
    /// As in a URL: `10.0.0.7:80`, `[::1]:80`.
    package var description: String {
        let host = host
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
