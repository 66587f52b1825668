import Networking

/// The thread that talks to all masters, and the exchanges under way on it.
final class SocketLoop {
    typealias Outcome = Result<TransportAnswer, TransportError>

    /// One request, on its way from the task that waits for its outcome.
    struct Order: Sendable {
        let id: Int
        let target: SocketTarget
        /// At least one.
        let addresses: [SocketAddress]
        let request: [UInt8]
        let tls: TLSSettings
        /// Takes the body of an answer with the status 200 as it comes, instead of the answer.
        let onContent: (@Sendable ([UInt8]) -> Void)?
        /// Ends the answer behind as much of its body; nil takes all of it, and fails where that is
        /// too large.
        let bodyBytesMax: Int?
        let continuation: CheckedContinuation<Outcome, Never>
    }

    enum Message: Sendable {
        case begin(Order)
        case cancel(Int)
        case forgetTLSFiles
    }

    /// Bytes read at once: statistics with 50 rows.
    private static let readBytesMax = 65_536

    let events: EventLoop
    private var exchanges: [Int: SocketExchange] = [:]
    /// One for each cluster with settings of its own, and one for all others.
    private var tls: [TLSSettings: TLSContext] = [:]
    private let buffer = UnsafeMutableRawBufferPointer.allocate(
        byteCount: readBytesMax, alignment: 1)

    /// How tasks reach this loop. Bounded by the calls of all drivers under way.
    private(set) lazy var mailbox = events.makeMailbox(of: Message.self) { [unowned self] in
        receive($0)
    }

    init() throws(SystemError) {
        events = try EventLoop()
    }

    deinit { buffer.deallocate() }

    /// Serves for as long as the process lives.
    func run() {
        do {
            try events.run { true }
        } catch {
            // The poller itself has failed, and with it all that it was to tell of.
            for exchange in exchanges.values { exchange.end(.failure(.lost(error.description))) }
        }
    }

    private func receive(_ message: Message) {
        switch message {
        case .begin(let order):
            let exchange = SocketExchange(order, on: self)
            exchanges[order.id] = exchange
            exchange.connect()
        case .cancel(let id):
            exchanges[id]?.end(.failure(.cancelled))
        case .forgetTLSFiles:
            tls = [:]  // Exchanges under way keep theirs.
        }
    }

    func forget(_ id: Int) { exchanges[id] = nil }

    /// Lends the read buffer, which is the same for all.
    func withBuffer<Value, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(buffer)
    }

    /// Made when first needed: the system's authorities are read for it.
    func tlsContext(_ settings: TLSSettings) throws(TLSError) -> TLSContext {
        if let known = tls[settings] { return known }
        let new = try TLSContext(settings)
        tls[settings] = new
        return new
    }
}
