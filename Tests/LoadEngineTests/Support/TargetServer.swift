import Glibc
import Networking
import Synchronization

/// A target whose every answer is scripted, and whose ledger is the truth about what it was asked.
/// One thread of its own, which ends with it.
final class TargetServer: Sendable {
    /// A request as it arrived.
    struct Exchange: Sendable {
        /// Of the server, and on its connection, from 0.
        let number: Int
        let onConnection: Int
        /// Of the server's connections, from 0.
        let connection: Int
        let method: String
        let path: String
        let head: String
        let bodyByteCount: Int
        /// Nanoseconds on the monotonic clock.
        let arrived: Int64
    }

    /// One thing that a server does.
    enum Step: Sendable {
        case send([UInt8])
        /// The same again and again until the client goes.
        case sendForEver([UInt8])
        case wait(Duration)
        case waitUntil(Int64)
        case close
        case reset
        /// Does nothing more, ever.
        case silence
        /// The same, and lets the client's bytes pile up.
        case stopReading
    }

    typealias Script = @Sendable (Exchange) -> [Step]

    let port: Int
    private let book = TargetBook()
    private let control: TargetControl

    /// - Parameters:
    ///   - script: what is done for each request.
    ///   - greeting: what is done to a new connection before it is read.
    init(
        host: String = "127.0.0.1", at reserved: ReservedPort? = nil,
        script: @escaping Script = { _ in [.ok] },
        greeting: @escaping @Sendable (Int) -> [Step] = { _ in [] }
    ) throws {
        let (control, book) = (TargetControl(), self.book)
        self.control = control
        // One listener, made here to know its port, and handed to the thread by its number.
        let (listener, port) =
            try reserved.map { (try $0.listen(), $0.port) } ?? TargetSocket.listen(host: host)
        self.port = port
        _ = try LoopThread.start(name: "target") {
            do {
                let loop = try TargetLoop(
                    listener: listener, greeting: greeting, script: script, book: book)
                control.started(loop.waker)
                try loop.run { !control.isStopping }
            } catch {
                control.started(nil)
            }
        }
    }

    deinit { control.stop() }

    var ledger: TargetLedger { book.ledger }
}

/// What a target has seen and done.
struct TargetLedger: Sendable {
    /// When a request was there, when its answer was about to be sent, and when it was sent;
    /// nanoseconds on the monotonic clock, 0 for never.
    struct Entry: Sendable {
        let path: String
        let method: String
        let arrived: Int64
        var answering: Int64 = 0
        var answered: Int64 = 0
    }

    var entries: [Entry] = []
    var connections = 0
    var openConnections = 0
    var openConnectionsMax = 0
    var bytesIn = 0
    var bytesOut = 0

    var requests: Int { entries.count }
    var answered: Int { entries.count { $0.answered > 0 } }
    func requests(of path: String) -> Int { entries.count { $0.path == path } }
}

extension TargetServer.Step {
    static func text(_ text: String) -> Self { .send(Array(text.utf8)) }

    static let ok = text("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    static func response(
        _ status: Int = 200, fields: String = "", body: String = ""
    ) -> Self {
        text("HTTP/1.1 \(status) X\r\n\(fields)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }
}

/// Where the thread of a target writes, and the test reads.
final class TargetBook: Sendable {
    private let state = Mutex(TargetLedger())

    var ledger: TargetLedger { state.withLock { $0 } }

    func note<Value: Sendable>(_ change: (inout TargetLedger) -> Value) -> Value {
        state.withLock { change(&$0) }
    }
}

/// How the thread of a target is told to end.
final class TargetControl: Sendable {
    private let stopping = Atomic(false)
    private let waker = Mutex<Mailbox<Void>?>(nil)

    var isStopping: Bool { stopping.load(ordering: .acquiring) }

    func started(_ mailbox: Mailbox<Void>?) { waker.withLock { $0 = mailbox } }

    func stop() {
        stopping.store(true, ordering: .releasing)
        waker.withLock { $0 }?.post(())
    }
}
