import Foundation
import TestSupport

/// Sends mutated requests to a service, one connection after the other, from one thread.
struct FuzzClient {
    struct Report: Sendable {
        /// Those that were answered, and where none was, one for the connection.
        var requests = 0
        var connections = 0
        /// Answers by their status.
        var statuses: [Int: Int] = [:]
        /// Connections on which the service said or did something that it never should.
        var faults: [String] = []
        static let faultsMax = 10

        mutating func add(_ other: Report) {
            requests += other.requests
            connections += other.connections
            statuses.merge(other.statuses) { $0 + $1 }
            faults = Array((faults + other.faults).prefix(Self.faultsMax))
        }
    }

    /// Longest wait for an answer: far above what a busy machine takes.
    private static let patienceSeconds = 60

    let port: UInt16
    /// Of the loopback network: its ports are used up on one address in a minute.
    let firstAddress: UInt32
    var mutator: RequestMutator
    private var report = Report()
    private var buffer = [UInt8](repeating: 0, count: 262_144)

    init(port: UInt16, number: Int, seed: UInt64) {
        self.port = port
        firstAddress = 0x7F00_0002 + UInt32(number) * 256
        let tokens = [Service.administrator, Service.callbackToken, Service.token("red", "viewer")]
        mutator = RequestMutator(seed: seed &+ UInt64(number), tokens: tokens + ["nobody"])
    }

    /// At least this many requests.
    mutating func run(requests: Int) -> Report {
        while report.requests < requests, report.faults.count < Report.faultsMax { converse() }
        return report
    }

    private mutating func converse() {
        let bytes = mutator.session()
        let answers = report.statuses.values.reduce(0, +)
        defer { report.requests += max(1, report.statuses.values.reduce(0, +) - answers) }
        report.connections += 1
        guard let socket = connected() else {
            return report.faults.append("no connection: \(errno)")
        }
        let cut = mutator.cut(bytes.count)
        var isOpen = send(bytes[..<cut], to: socket)
        if isOpen { isOpen = send(bytes[cut...], to: socket) }
        // Some leave without having read, as a reset or in peace.
        if mutator.chance(4) { return Sockets.reset(socket) }
        if mutator.chance(4) {
            close(socket)
            return
        }
        shutdown(socket, Int32(SHUT_WR))
        read(from: socket, after: bytes)
        close(socket)
    }

    private func connected() -> Int32? {
        let source = firstAddress + UInt32(report.connections / 16 % 200)
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var patience = timeval(tv_sec: Self.patienceSeconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        let isBound = Sockets.call(bind, socket, Sockets.address(source, 0)) == 0
        let service = Sockets.address(UInt32(INADDR_LOOPBACK), port)
        guard isBound, Sockets.call(Glibc.connect, socket, service) == 0 else {
            close(socket)
            return nil
        }
        return socket
    }

    /// Whether the service still listens; closing on nonsense is one of its right answers.
    private func send(_ bytes: ArraySlice<UInt8>, to socket: Int32) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private mutating func read(from socket: Int32, after request: [UInt8]) {
        var held = 0
        while true {
            let count = buffer.withUnsafeMutableBytes {
                recv(socket, $0.baseAddress.map { $0 + held }, $0.count - held, 0)
            }
            if count > 0 {
                held += count
                // What is full is looked through, but for a status that may be cut in two.
                guard held == buffer.count else { continue }
                noteStatuses(held, request)
                held = 0
                continue
            }
            // A reset may follow an answer to more than was read.
            let isHung = count < 0 && errno == EAGAIN
            if isHung { fault("no end within \(Self.patienceSeconds) s", request) }
            return noteStatuses(held, request)
        }
    }

    private mutating func noteStatuses(_ held: Int, _ request: [UInt8]) {
        var start = 0
        while start + 12 <= held, let found = nextAnswer(start, held) {
            let digits = buffer[(found + 9)..<min(found + 12, held)]
            start = found + 9
            // What was sent may come back in an answer, this far.
            guard let status = Int(String(decoding: digits, as: UTF8.self)) else { continue }
            report.statuses[status, default: 0] += 1
            if status == 500 { fault("answered 500", request) }
        }
    }

    /// Where the next answer begins.
    private func nextAnswer(_ start: Int, _ end: Int) -> Int? {
        buffer.withUnsafeBytes { bytes in
            let mark: StaticString = "HTTP/1.1 "
            var place = start
            while place + 9 <= end, let base = bytes.baseAddress,
                let found = memchr(base + place, Int32(UInt8(ascii: "H")), end - 8 - place)
            {
                if memcmp(found, mark.utf8Start, 9) == 0 { return UnsafeRawPointer(found) - base }
                place = UnsafeRawPointer(found) - base + 1
            }
            return nil
        }
    }

    private mutating func fault(_ what: String, _ request: [UInt8]) {
        report.faults.append(
            "\(what): \(String(decoding: request, as: UTF8.self).debugDescription)")
    }
}
