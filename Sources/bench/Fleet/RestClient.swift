import Glibc
import HTTP
import JSON
import Networking

/// One blocking connection to a service on this machine, which keeps it.
final class RestClient {
    struct Answer {
        let status: Int
        let json: JSONValue
    }

    /// What a service may take for an answer before it counts as hung.
    private static let patience = timeval(tv_sec: 60, tv_usec: 0)
    private static let readBytes = 65_536

    private let socket: Descriptor
    private let token: String

    init(port: Int, token: String) throws {
        self.token = token
        let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SystemError(call: "socket", code: errno) }
        socket = Descriptor(owning: number)
        var patience = Self.patience
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

    func get(_ path: String) throws -> Answer {
        try send("GET", path, body: [])
        return try receive()
    }

    /// Sends only, so that several clients can have requests on their way at once.
    func send(_ method: String, _ path: String, body: [UInt8]) throws {
        let head = """
            \(method) \(path) HTTP/1.1\r
            Host: service\r
            Authorization: Bearer \(token)\r
            Content-Type: application/json\r
            Content-Length: \(body.count)\r
            \r

            """
        let bytes = Array(head.utf8) + body
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Glibc.send(socket.number, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw SystemError(call: "send", code: errno) }
            sent += count
        }
    }

    /// The answer to what was sent. The service's answers tell their length.
    func receive() throws -> Answer {
        var bytes: [UInt8] = []
        while true {
            if let answer = try Self.answer(in: bytes) { return answer }
            let chunk = [UInt8](unsafeUninitializedCapacity: Self.readBytes) { buffer, count in
                count = max(0, recv(socket.number, buffer.baseAddress, buffer.count, 0))
            }
            guard !chunk.isEmpty else { throw BenchError("the service ended a connection") }
            bytes += chunk
        }
    }

    private static func answer(in bytes: [UInt8]) throws -> Answer? {
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
            .split(separator: "\r\n")
        let field = lines.first { $0.lowercased().hasPrefix("content-length:") }
        guard
            let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }),
            let length = field.flatMap({ Int($0.dropFirst(15).drop { $0 == " " }) })
        else { throw BenchError("not an answer of the service: \(lines.first ?? "")") }
        let body = bytes[end.upperBound...]
        guard body.count >= length else { return nil }
        return Answer(
            status: status,
            json: length == 0 ? .null : try JSONReader.document(Array(body.prefix(length))))
    }
}
