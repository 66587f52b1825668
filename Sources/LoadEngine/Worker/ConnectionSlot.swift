import HTTP
import Networking

/// One connection of one user to one origin, in the worker's table of connections.
struct ConnectionSlot {
    enum State: UInt8 {
        case closed
        case connecting
        case handshaking
        /// Stands, and has nothing to do.
        case idle
        /// A request is being sent, or answered.
        case exchanging
    }

    var state = State.closed
    var isInSendQueue = false
    /// Whether it is in the worker's line of connections to read on from.
    var isUnread = false
    /// Whether the poller was asked for writability.
    var awaitsWriting = false
    /// Whether sending has failed: what was answered counts, but nothing more can be asked.
    var isBroken = false
    /// Whether a request was answered on this connection before the present one.
    var hasServed = false
    /// Which of the origin's addresses is used, and how many were tried for the present request.
    var address: Int32 = 0
    var addressesTried: Int32 = 0
    var descriptor: Int32 = -1
    /// Grows with each connection, so that late events of an earlier one are known.
    var generation: UInt32 = 0
    var user: Int32 = 0
    var origin: Int32 = 0
    /// Bytes of `unsent` that are sent.
    var sentByteCount: Int32 = 0
    /// When connecting began, the handshake began, the request was sent, and the first byte came.
    /// Nanoseconds; the last is 0 before that.
    var connectStarted: Int64 = 0
    var handshakeStarted: Int64 = 0
    var sent: Int64 = 0
    var firstByte: Int64 = 0
    /// Of the request under way.
    var trace = TraceID.none
    var parser = ResponseParser()
    var tls: TLSStream?
    /// A request that did not fit into the socket's buffer; empty otherwise.
    var unsent: [UInt8] = []
    /// What was kept of a response that did not arrive at once.
    var observed: ExchangeObserver?
    /// The request as sent, where redirects are followed.
    var message: [UInt8] = []
    /// Whether `message` is what to send next.
    var hasMessage = false
}
