/// One virtual user, in the worker's table of users.
struct UserSlot {
    enum State: UInt8 {
        /// Not started, or done: waits for the curve or for an arrival.
        case free
        /// Between two requests, in the queue of dues.
        case thinking
        /// Has a request, from its beginning to its end.
        case busy
    }

    var state = State.free
    /// Steps done of the present iteration.
    var step: Int32 = 0
    /// Index of the present request.
    var request: Int32 = 0
    /// The connection that serves it.
    var connection: Int32 = 0
    var redirectsLeft: Int32 = 0
    /// Whether the present request was sent again already.
    var hasResent = false
    /// Whether the present request is an arrival that found a connection free: then what is late
    /// is our own lateness.
    var showsLateness = false
    var iteration: UInt64 = 0
    /// When the present request was to begin, and when it began: nanoseconds on the monotonic
    /// clock.
    var intended: Int64 = 0
    var started: Int64 = 0
    var random = RandomSource(seed: 0)
}
