import CLinux
import Glibc
import Synchronization

/// Turns names into addresses, in the order in which they should be tried (RFC 6724).
package enum Resolver {
    /// Most addresses returned. Who has tried that many in vain will not succeed with one more.
    package static let addressCountMax = 64

    /// The address if `host` is one already, written in numbers. Asks nobody and never blocks.
    package static func numericAddress(_ host: String, port: Int) -> SocketAddress? {
        // Being no number is the usual case and no error here.
        try? lookUp(host, port: port, flags: AI_NUMERICHOST).first
    }

    /// Asks the system's resolver and blocks the thread until it answers, for many seconds where a
    /// name server is silent.
    package static func addressesBlocking(
        of host: String, port: Int
    ) throws(ResolveError) -> [SocketAddress] {
        try lookUp(host, port: port, flags: 0)
    }

    /// Asks the system's resolver on a thread of its own, except where `host` is an address.
    ///
    /// - Parameters:
    ///   - limit: how long to wait. The system's call cannot be cancelled: its thread goes on until
    ///     the resolver gives up by itself, and its answer is dropped.
    ///   - onThreadEnd: called once, when that thread is done or there is none.
    package static func addresses(
        of host: String, port: Int, within limit: Duration = .seconds(10),
        onThreadEnd: @escaping @Sendable () -> Void = {}
    ) async throws(ResolveError) -> [SocketAddress] {
        if let address = numericAddress(host, port: port) {
            onThreadEnd()
            return [address]
        }
        let lookup = Lookup()
        do throws(SystemError) {
            _ = try LoopThread.start(name: "resolver") {
                defer { onThreadEnd() }
                lookup.finish(
                    Result { () throws(ResolveError) in
                        try addressesBlocking(of: host, port: port)
                    })
            }
        } catch {
            onThreadEnd()
            throw ResolveError(host: host, reason: error.description)
        }
        return try await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled as soon as there is an answer, which is then the first.
                try? await Task.sleep(for: limit)
                lookup.finish(
                    .failure(
                        ResolveError(
                            host: host, reason: Task.isCancelled ? "cancelled" : "no answer in time"
                        )))
            }
            defer { group.cancelAll() }
            return await lookup.result()
        }.get()
    }

    private static func lookUp(
        _ host: String, port: Int, flags: Int32
    ) throws(ResolveError) -> [SocketAddress] {
        guard (0...65_535).contains(port) else {
            throw ResolveError(host: host, reason: "\(port) is no port")
        }
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_NUMERICSERV | flags
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            throw ResolveError(host: host, code: code, systemCode: errno)
        }
        defer { freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = list
        while let found = next?.pointee, addresses.count < addressCountMax {
            if let address = SocketAddress(found) { addresses.append(address) }
            next = found.ai_next
        }
        guard !addresses.isEmpty else {
            throw ResolveError(host: host, reason: "it has no address")
        }
        return addresses
    }
}

/// One answer, on its way from the thread that asks to the task that waits. The first counts.
private final class Lookup: Sendable {
    typealias Answer = Result<[SocketAddress], ResolveError>

    private enum State {
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        case answered(Answer)
    }

    private let state = Mutex(State.open)

    func finish(_ answer: Answer) {
        let waiting: CheckedContinuation<Answer, Never>? = state.withLock { state in
            if case .answered = state { return nil }
            defer { state = .answered(answer) }
            if case .awaited(let continuation) = state { return continuation }
            return nil
        }
        waiting?.resume(returning: answer)
    }

    /// For one caller.
    func result() async -> Answer {
        await withCheckedContinuation { continuation in
            let answer: Answer? = state.withLock { state in
                if case .answered(let answer) = state { return answer }
                state = .awaited(continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }
}
