import Glibc
import Networking

/// nginx's page of counters, read as simply as can be: one blocking exchange over loopback.
enum StubStatus {
    /// As much as the page could have several times over.
    private static let answerBytesMax = 4_096
    /// Loopback answers at once or never.
    private static let patienceSeconds = 5

    /// All requests so far, this one included; nil if nobody answers.
    static func requests(port: Int) -> Int? {
        answer(port: port).flatMap(requests(in:))
    }

    static func requests(in page: String) -> Int? {
        let lines = page.split(whereSeparator: \.isNewline)
        guard let title = lines.firstIndex(where: { $0.hasPrefix("server accepts") }),
            title + 1 < lines.count
        else { return nil }
        let numbers = lines[title + 1].split(separator: " ").compactMap { Int($0) }
        return numbers.count == 3 ? numbers[2] : nil
    }

    private static func answer(port: Int) -> String? {
        let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(owning: number)
        var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
        setsockopt(
            descriptor.number, SOL_SOCKET, SO_RCVTIMEO, &patience,
            socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else { return nil }
        let request = Array("GET / HTTP/1.0\r\n\r\n".utf8)
        guard send(descriptor.number, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
        else { return nil }
        return readAll(descriptor.number)
    }

    private static func readAll(_ number: Int32) -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: answerBytesMax)
        while bytes.count < answerBytesMax {
            let count = recv(number, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
