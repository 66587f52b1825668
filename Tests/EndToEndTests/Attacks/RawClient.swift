import Foundation
import JSON
import TestSupport

/// Sends bytes to the service exactly as they are, and reads all that comes back.
final class RawClient {
    struct Answer {
        let status: Int
        /// By name in lower case.
        let fields: [String: String]
        let body: [UInt8]

        var json: JSONValue { JSONValue(String(decoding: body, as: UTF8.self)) ?? .null }
        var code: String? { json["code"]?.text }
    }

    /// Longest wait for anything; only a failing test waits this long.
    private static let patience = Duration.seconds(120)

    private let socket: Int32
    private var received: [UInt8] = []

    init(_ service: Service) throws {
        guard let port = URL(string: service.baseURL)?.port,
            let socket = Sockets.connect(to: UInt16(port))
        else { throw HarnessError("cannot connect to \(service.baseURL)") }
        self.socket = socket
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
    }

    deinit { close(socket) }

    /// Everything that the service says to these bytes, until it closes. Sending ends with the
    /// last of them, or when the service has closed.
    static func exchange(_ bytes: [UInt8], with service: Service) async throws -> [Answer] {
        let client = try RawClient(service)
        try await client.send(bytes)
        shutdown(client.socket, Int32(SHUT_WR))
        return try await client.untilEnd()
    }

    static func exchange(_ text: String, with service: Service) async throws -> [Answer] {
        try await exchange(Array(text.utf8), with: service)
    }

    private func send(_ bytes: [UInt8]) async throws {
        var sent = 0
        try await wait {
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count < 0 { return errno == EAGAIN ? nil : true }
                sent += count
            }
            return true
        }
    }

    private func untilEnd() async throws -> [Answer] {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        try await wait {
            while true {
                let count = recv(socket, &buffer, buffer.count, 0)
                if count > 0 { received += buffer.prefix(count) }
                if count == 0 { return true }
                // A reset after the answer is an end, too.
                if count < 0 { return errno == EAGAIN ? nil : true }
            }
        }
        return try Self.answers(in: received)
    }

    private func wait(for condition: () -> Bool?) async throws {
        let end = ContinuousClock.now + Self.patience
        while condition() == nil {
            guard ContinuousClock.now < end else { throw HarnessError("the service does not end") }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private static func answers(in bytes: [UInt8]) throws -> [Answer] {
        var (answers, rest): ([Answer], Data) = ([], Data(bytes))
        while let end = rest.range(of: Data("\r\n\r\n".utf8)) {
            let head = String(decoding: rest[rest.startIndex..<end.lowerBound], as: UTF8.self)
            let lines = head.components(separatedBy: "\r\n")
            var fields: [String: String] = [:]
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw HarnessError("no field: \(line)") }
                fields[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
            }
            let words = lines[0].split(separator: " ")
            guard words.count > 1, let status = Int(words[1]) else {
                throw HarnessError("no status: \(lines[0])")
            }
            let body = rest[end.upperBound...].prefix(Int(fields["content-length"] ?? "") ?? 0)
            answers.append(Answer(status: status, fields: fields, body: [UInt8](body)))
            rest = rest[body.endIndex...]
        }
        guard rest.isEmpty else { throw HarnessError("more than answers: \(rest.count) bytes") }
        return answers
    }
}

extension RawClient {
    /// A request with the administrator's token.
    static func request(
        _ method: String, _ target: String, _ fields: String = "", body: [UInt8]? = nil
    ) -> [UInt8] {
        var head = "\(method) \(target) HTTP/1.1\r\nHost: a\r\n"
        head += "Authorization: Bearer \(Service.administrator)\r\n\(fields)"
        if let body {
            head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        }
        return Array((head + "\r\n").utf8) + (body ?? [])
    }

    /// What every answer of the service has, whatever it was asked.
    static func faults(in answer: Answer) -> [String] {
        var faults: [String] = []
        if answer.status == 500 { faults.append("an error that nobody thought of") }
        if answer.fields["x-content-type-options"] != "nosniff" { faults.append("may be sniffed") }
        if answer.fields["cache-control"] != "no-store" { faults.append("may be cached") }
        let isBare = answer.body.isEmpty || answer.status == 204
        let wanted = answer.status >= 400 ? "application/problem+json" : "application/json"
        if !isBare, answer.fields["content-type"] != wanted { faults.append("is no \(wanted)") }
        if answer.status >= 400, answer.json["status"]?.integer != answer.status {
            faults.append("is no problem of its status")
        }
        return faults
    }
}
