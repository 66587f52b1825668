import Glibc
import Networking
import Synchronization

/// A server that answers, announcing to keep the connection, as soon as anything of a request has
/// arrived, and closes without having read it: the connection is reset behind the answer.
final class HastyServer: Sendable {
    private static let answer = Array("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".utf8)
    /// Between two looks whether it is to end.
    private static let lookMilliseconds: Int32 = 20
    /// With a client that has connected: ends a test that would hang.
    private static let patienceMilliseconds: Int32 = 20_000

    let port: Int
    private let isStopping: StopFlag

    init() throws {
        let (listener, port) = try TargetSocket.listen(host: "127.0.0.1")
        let flag = StopFlag()
        (self.port, isStopping) = (port, flag)
        _ = try LoopThread.start(name: "hasty") {
            while !flag.isSet { Self.serve(listener) }
            Glibc.close(listener)
        }
    }

    deinit { isStopping.set() }

    private static func serve(_ listener: Int32) {
        guard awaitInput(listener, atMost: lookMilliseconds) else { return }
        let number = accept(listener, nil, nil)
        guard number >= 0 else { return }
        defer { Glibc.close(number) }
        guard awaitInput(number, atMost: patienceMilliseconds) else { return }
        _ = send(number, answer, answer.count, Int32(MSG_NOSIGNAL))
    }

    private static func awaitInput(_ number: Int32, atMost milliseconds: Int32) -> Bool {
        var polled = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, milliseconds) > 0
    }
}

private final class StopFlag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
