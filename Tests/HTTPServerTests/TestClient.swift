import Glibc
import Networking
import Testing

/// A client that sends exactly what it is told and waits for answers without blocking a thread.
final class TestClient {
    struct Answer: Equatable {
        var status = 0
        var fields: [String: String] = [:]
        var body = ""
    }

    struct TimedOut: Error {}

    /// Longest wait for anything; only a failing test waits this long.
    private static let patience: Duration = .seconds(120)

    private let socket: TCPSocket
    private var tls: TLSStream?
    private var received: [UInt8] = []
    private(set) var hasEnded = false

    /// - Parameter receiveBytes: the kernel's buffer, for clients that are to read slowly.
    init(port: Int, receiveBytes: Int32? = nil, tls: TLSContext? = nil) throws {
        // A program that another test starts must not hold it open.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = Glibc.socket(AF_INET, kind, 0)
        socket = TCPSocket(owning: number)
        if var receiveBytes {
            setsockopt(number, SOL_SOCKET, SO_RCVBUF, &receiveBytes, 4)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let code = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard code == 0 else { throw SystemError(call: "connect", code: errno) }
        guard fcntl(number, F_SETFL, O_NONBLOCK) == 0 else {
            throw SystemError(call: "fcntl", code: errno)
        }
        self.tls = try tls?.stream(over: number, to: TLSServerName("localhost"))
    }

    // MARK: TLS

    func shakeHands() async throws {
        try await wait { try tls?.handshake() == .complete ? true : nil }
    }

    var isResumed: Bool { tls?.isResumed ?? false }
    var applicationProtocol: String? { tls?.applicationProtocol }

    /// What is sent from here on is not TLS.
    func endTLS() { tls = nil }

    /// Tells the server that nothing more comes, as TLS says it.
    func sayFarewell() { tls?.sayFarewell() }

    private func write(_ bytes: UnsafeRawBufferPointer) throws -> Int? {
        if let tls {
            guard case .bytes(let count) = try tls.write(bytes) else { return nil }
            return count
        }
        guard case .bytes(let count) = try socket.write(bytes) else { return nil }
        return count
    }

    private func read(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws -> TCPSocket.ReadOutcome {
        guard let tls else { return try socket.read(into: buffer) }
        return switch try tls.read(into: buffer) {
        case .bytes(let count): .bytes(count)
        case .endOfStream: .endOfStream
        case .wantsRead, .wantsWrite: .wouldBlock
        }
    }

    // MARK: Bytes

    func send(_ text: String) async throws {
        try await send(Array(text.utf8))
    }

    func send(_ bytes: [UInt8]) async throws {
        var sent = 0
        try await wait {
            while sent < bytes.count,
                let count = try bytes[sent...].withUnsafeBytes({ try write($0) })
            {
                sent += count
            }
            return sent == bytes.count ? true : nil
        }
    }

    /// Sends until the kernel takes no more or `max` is reached; returns how much it took.
    func sendWithoutWaiting(_ bytes: [UInt8]) throws -> Int {
        var sent = 0
        while sent < bytes.count,
            let count = try bytes[sent...].withUnsafeBytes({ try write($0) })
        {
            sent += count
        }
        return sent
    }

    /// Makes the end of this client a reset instead of a proper end.
    func endWithReset() {
        var linger = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout.size(ofValue: linger))
        setsockopt(socket.descriptor, SOL_SOCKET, SO_LINGER, &linger, size)
    }

    func endSending() { socket.shutdownWriting() }

    /// The next answer; an interim one counts.
    func answer(toHead: Bool = false) async throws -> Answer {
        try await wait {
            if let answer = takeAnswer(toHead: toHead) { return answer }
            try receive()
            if hasEnded, let answer = takeAnswer(toHead: toHead) { return answer }
            return hasEnded ? Answer() : nil
        }
    }

    /// Waits for `mark`, and takes all up to its end.
    func text(through mark: String) async throws -> String {
        try await wait {
            try receive()
            let text = String(decoding: received, as: UTF8.self)
            guard let start = text.utf8Index(of: mark) else {
                return hasEnded ? text : nil
            }
            let end = start + mark.utf8.count
            received.removeFirst(end)
            return text.utf8Prefix(end)
        }
    }

    /// Whether anything has come, after a moment for it to come.
    func hasAnswer() async throws -> Bool {
        try await Task.sleep(for: .milliseconds(1))
        try receive()
        return !received.isEmpty
    }

    /// Sends and waits for the answer.
    func ask(_ text: String) async throws -> Answer {
        try await send(text)
        return try await answer()
    }

    /// Waits until the server has closed, and returns what it had said before.
    func end() async throws -> String {
        try await wait {
            try receive()
            return hasEnded ? String(decoding: received, as: UTF8.self) : nil
        }
    }

    @discardableResult
    private func wait<Value>(for condition: () throws -> Value?) async throws -> Value {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            if let value = try condition() { return value }
            guard ContinuousClock.now < deadline else { throw TimedOut() }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        do {
            while true {
                switch try buffer.withUnsafeMutableBytes({ try read(into: $0) }) {
                case .bytes(let count): received += buffer.prefix(count)
                case .wouldBlock: return
                case .endOfStream:
                    hasEnded = true
                    return
                }
            }
        } catch let error as SystemError where error.code == ECONNRESET {
            hasEnded = true
        } catch let error as TLSError where error.cause == .system(ECONNRESET) {
            hasEnded = true
        }
    }

    private func takeAnswer(toHead: Bool) -> Answer? {
        let text = String(decoding: received, as: UTF8.self)
        guard let headEnd = text.utf8Index(of: "\r\n\r\n") else { return nil }
        let lines = text.utf8Prefix(headEnd).split(separator: "\r\n")
        var answer = Answer()
        answer.status = Int(lines[0].split(separator: " ")[1]) ?? 0
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            answer.fields[parts[0].lowercased()] = parts[1].drop { $0 == " " }.description
        }
        let length = toHead ? 0 : Int(answer.fields["content-length"] ?? "0") ?? 0
        guard received.count >= headEnd + 4 + length else { return nil }
        answer.body = String(
            decoding: received[(headEnd + 4)..<(headEnd + 4 + length)], as: UTF8.self)
        received.removeFirst(headEnd + 4 + length)
        return answer
    }
}

extension String {
    /// Where `other` begins, in bytes.
    fileprivate func utf8Index(of other: String) -> Int? {
        let (bytes, wanted) = (Array(utf8), Array(other.utf8))
        guard bytes.count >= wanted.count else { return nil }
        return (0...(bytes.count - wanted.count)).first {
            bytes[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }

    fileprivate func utf8Prefix(_ count: Int) -> String {
        String(decoding: utf8.prefix(count), as: UTF8.self)
    }
}
