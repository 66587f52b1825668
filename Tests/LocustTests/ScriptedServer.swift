import Foundation
import Synchronization

/// A listener of the loopback interface that says what a test tells it to, right or wrong.
final class ScriptedServer: Sendable {
    enum Reply: Sendable {
        /// Sends these bytes and closes.
        case text(String)
        /// Sends a head and as many bytes as it announces.
        case body(bytes: Int)
        /// Sends these bytes, and neither more nor an end.
        case unended(String)
        /// Accepts, reads and never answers.
        case silence
    }

    private let descriptor: Int32
    private let port: UInt16
    private let replies: @Sendable (String) -> Reply
    private let seen = Mutex<[String]>([])
    private let open = Mutex<Set<Int32>>([])

    var url: URL? { URL(string: "http://127.0.0.1:\(port)") }

    /// The requests so far, each up to the end of its body.
    var requests: [String] { seen.withLock { $0 } }

    init(_ replies: @escaping @Sendable (String) -> Reply) {
        self.replies = replies
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(descriptor, $0, length)
                _ = getsockname(descriptor, $0, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    /// Before this, its port refuses connections.
    func start() {
        listen(descriptor, 128)
        Thread.detachNewThread { self.acceptAll() }
    }

    /// Ends the thread and every connection, the silent ones included.
    func stop() {
        // Threads close what they use: a number closed here could be another server's by the time
        // a thread asks for it once more.
        shutdown(descriptor, Int32(SHUT_RDWR))
        open.withLock { for connection in $0 { shutdown(connection, Int32(SHUT_RDWR)) } }
    }

    private func acceptAll() {
        defer { close(descriptor) }
        while true {
            let connection = accept(descriptor, nil, nil)
            guard connection >= 0 else { return }
            open.withLock { _ = $0.insert(connection) }
            Thread.detachNewThread {
                self.serve(connection)
                self.open.withLock { _ = $0.remove(connection) }
                close(connection)
            }
        }
    }

    private func serve(_ connection: Int32) {
        guard let request = Self.readRequest(connection) else { return }
        seen.withLock { $0.append(request) }
        if request == "TLS" {
            return Self.write(Array("HTTP/1.1 400 \r\n\r\n".utf8), to: connection)
        }
        switch replies(request) {
        case .text(let text): Self.write(Array(text.utf8), to: connection)
        case .body(let bytes):
            let head = "HTTP/1.1 200 OK\r\nContent-Length: \(bytes)\r\n\r\n"
            Self.write(Array(head.utf8) + [UInt8](repeating: 0x20, count: bytes), to: connection)
        case .unended(let text):
            Self.write(Array(text.utf8), to: connection)
            Self.awaitEnd(of: connection)
        case .silence: Self.awaitEnd(of: connection)
        }
    }

    private static func awaitEnd(of connection: Int32) {
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) > 0 {}
    }

    /// A head and the body its length announces; `nil` when the client leaves before that.
    private static func readRequest(_ connection: Int32) -> String? {
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            // A TLS greeting; saying anything else makes the client give up.
            if received.first == 0x16 { return "TLS" }
            let text = String(decoding: received, as: UTF8.self)
            if let head = text.range(of: "\r\n\r\n") {
                let length = text[..<head.lowerBound].split(separator: "\r\n").compactMap {
                    $0.lowercased().hasPrefix("content-length:")
                        ? Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) : nil
                }
                if text[head.upperBound...].utf8.count >= length.first ?? 0 { return text }
            }
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            received += buffer.prefix(count)
        }
    }

    private static func write(_ bytes: [UInt8], to connection: Int32) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }
}

/// Runs `body` beside a server and ends the server after it.
func withServer<Result>(
    isolation: isolated (any Actor)? = #isolation,
    _ replies: @escaping @Sendable (String) -> ScriptedServer.Reply,
    _ body: (ScriptedServer) async throws -> Result
) async throws -> Result {
    let server = ScriptedServer(replies)
    server.start()
    defer { server.stop() }
    return try await body(server)
}
