import HTTP

/// What other threads tell a server's loop.
enum LoopMessage: Sendable {
    /// A connection was accepted; its descriptor is the receiver's from now on.
    case adopt(descriptor: Int32, remoteAddress: String)
    case answer(ConnectionID, Response)
    /// There is more of the body that this connection is sending.
    case moreToStream(ConnectionID)
    /// Accept nothing more, then `drain` all loops. Understood by the loop that accepts.
    case stopAccepting(limit: Duration)
    /// Close what is idle, finish what is not, and close the rest after `limit`.
    case drain(limit: Duration)
}
