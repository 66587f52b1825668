import Glibc
import Networking
import Synchronization

@testable import bench

/// A blocking connection to a port of this machine.
final class Client {
    private let descriptor: Descriptor

    init(port: Int) throws {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { throw SystemError(call: "socket", code: errno) }
        descriptor = Descriptor(owning: number)
        // What hangs ends a test and does not keep it.
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(
            number, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { throw SystemError(call: "connect", code: errno) }
    }

    func send(_ text: String) throws {
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor.number, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { throw SystemError(call: "send", code: errno) }
    }

    /// Exactly so many bytes, or fewer if the stream ends.
    func receive(_ count: Int) throws -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < count {
            let received = recv(
                descriptor.number, &buffer, min(buffer.count, count - bytes.count), 0)
            guard received >= 0 else { throw SystemError(call: "recv", code: errno) }
            guard received > 0 else { break }
            bytes += buffer[..<received]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    func receiveToEnd() throws -> String { try receive(.max) }
}

/// What a target's thread leaves behind.
final class Outcome: Sendable {
    let port = Atomic(0)
    let value = Mutex<Result<Responder.Counts, any Error>?>(nil)
}
