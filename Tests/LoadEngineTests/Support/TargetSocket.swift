import CLinux
import Glibc
import Networking

/// Sockets as tests need them: without the kindness of real ones.
enum TargetSocket {
    /// A non-blocking listener on a free port, owned by the caller.
    static func listen(
        host: String, backlog: Int32 = 1024
    ) throws -> (Int32, port: Int) {
        let (number, port) = try bind(host: host)
        guard Glibc.listen(number, backlog) == 0 else {
            let code = errno
            Glibc.close(number)
            throw SystemError(call: "listen", code: code)
        }
        return (number, port)
    }

    /// A non-blocking socket with a port, owned by the caller.
    ///
    /// - Parameter isShared: whether others may listen on the port that ask for it.
    static func bind(host: String, isShared: Bool = false) throws -> (Int32, port: Int) {
        let isIPv6 = host.contains(":")
        let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(isIPv6 ? AF_INET6 : AF_INET, type, 0)
        guard number >= 0 else { throw SystemError(call: "socket", code: errno) }
        var (storage, length) = (sockaddr_storage(), socklen_t(0))
        withUnsafeMutableBytes(of: &storage) { bytes in
            if isIPv6 {
                var address = sockaddr_in6()
                address.sin6_family = sa_family_t(AF_INET6)
                inet_pton(AF_INET6, host, &address.sin6_addr)
                length = socklen_t(MemoryLayout<sockaddr_in6>.size)
                withUnsafeBytes(of: &address) { bytes.copyMemory(from: $0) }
            } else {
                var address = sockaddr_in()
                address.sin_family = sa_family_t(AF_INET)
                inet_pton(AF_INET, host, &address.sin_addr)
                length = socklen_t(MemoryLayout<sockaddr_in>.size)
                withUnsafeBytes(of: &address) { bytes.copyMemory(from: $0) }
            }
        }
        var on: Int32 = 1
        if isShared {
            setsockopt(number, SOL_SOCKET, SO_REUSEPORT, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let code = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
                guard Glibc.bind(number, address, length) == 0,
                    getsockname(number, address, &length) == 0
                else { return errno }
                return 0
            }
        }
        guard code == 0 else {
            Glibc.close(number)
            throw SystemError(call: "bind \(host)", code: code)
        }
        let port = withUnsafeBytes(of: &storage) { bytes in
            Int(bytes[2]) << 8 | Int(bytes[3])
        }
        return (number, port)
    }

    /// Under a name that hides no method of whoever calls it.
    static func close(_ number: Int32) { Glibc.close(number) }
}

/// Accepts nobody, and its queue of connections is full: who connects gets no answer.
final class FullListener {
    private let listener: Int32
    private var waiting: [Int32] = []
    let port: Int

    init() throws {
        (listener, port) = try TargetSocket.listen(host: "127.0.0.1", backlog: 0)
        var settings = LoadAddress()
        settings.port = port
        // The queue holds one more than asked for. What comes on top stays unanswered.
        for _ in 0..<4 {
            let type = Int32(
                SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let number = socket(AF_INET, type, 0)
            settings.connect(number)
            waiting.append(number)
        }
    }

    deinit {
        for number in waiting { close(number) }
        close(listener)
    }
}

private struct LoadAddress {
    var port = 0

    func connect(_ number: Int32) {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
