import Synchronization

/// A body that is made while it is sent: a bounded queue between whoever makes it, on any thread,
/// and the connection that takes from it.
///
/// Nobody waits here. A client that does not read fast enough is told so by the farewell, for which
/// there is always room, and the body ends with it.
package final class StreamedBody: Sendable {
    /// What became of a chunk.
    package enum Outcome: Equatable, Sendable {
        case taken
        /// There was no room: the chunk is dropped, and the body ends with its farewell.
        case full
        /// The body has ended, or its client is gone.
        case over
    }

    fileprivate struct State {
        var chunks: [[UInt8]] = []
        var bytes = 0
        var isFinished = false
        var isReleased = false
        /// The connection was told that there is something, and has not come for it yet.
        var isAnnounced = false
        var onNews: (@Sendable () -> Void)?
    }

    private let bytesMax: Int
    private let farewell: [UInt8]
    private let onEnd: @Sendable () -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - bytesMax: once so much waits for the client, nothing more has room.
    ///   - farewell: sent when there was no room, behind all that had room.
    ///   - onEnd: called once, on any thread, when nothing more of the body will be sent.
    package init(
        bytesMax: Int, farewell: [UInt8] = [], onEnd: @escaping @Sendable () -> Void = {}
    ) {
        self.bytesMax = bytesMax
        self.farewell = farewell
        self.onEnd = onEnd
    }

    // MARK: Whoever makes it

    /// Adds a chunk, which is shared and not copied until it is sent.
    @discardableResult
    package func offer(_ chunk: [UInt8]) -> Outcome {
        let (outcome, tell) = state.withLock { state -> (Outcome, (@Sendable () -> Void)?) in
            guard !state.isFinished, !state.isReleased else { return (.over, nil) }
            guard !chunk.isEmpty else { return (.taken, nil) }
            // One chunk may go beyond it: otherwise a large one would never be told to a client
            // that was let go because of it, and comes back.
            let hasRoom = state.bytes < bytesMax
            state.add(hasRoom ? chunk : farewell)
            state.isFinished = !hasRoom
            return (hasRoom ? .taken : .full, state.announce())
        }
        tell?()
        return outcome
    }

    /// Ends the body behind what waits already.
    package func finish() {
        let tell = state.withLock { state -> (@Sendable () -> Void)? in
            guard !state.isFinished, !state.isReleased else { return nil }
            state.isFinished = true
            return state.announce()
        }
        tell?()
    }

    // MARK: The connection

    /// - Parameter onNews: called when there is something to take and was nothing before.
    package func begin(onNews: @escaping @Sendable () -> Void) {
        state.withLock { $0.onNews = onNews }
    }

    /// What is to be sent next: about as much as `bytesMax`.
    package func take(bytesMax: Int) -> (chunks: [[UInt8]], isLast: Bool) {
        state.withLock { state in
            var (count, bytes) = (0, 0)
            while count < state.chunks.count, bytes < bytesMax {
                bytes += state.chunks[count].count
                count += 1
            }
            let taken = Array(state.chunks.prefix(count))
            state.chunks.removeFirst(count)
            state.bytes -= bytes
            state.isAnnounced = !state.chunks.isEmpty
            return (taken, state.isFinished && state.chunks.isEmpty)
        }
    }

    /// Says that nothing more is sent: all of it was, or the client is gone.
    package func release() {
        let isFirst = state.withLock { state in
            defer { state = State(isReleased: true) }
            return !state.isReleased
        }
        if isFirst { onEnd() }
    }
}

extension StreamedBody.State {
    fileprivate mutating func add(_ chunk: [UInt8]) {
        chunks.append(chunk)
        bytes += chunk.count
    }

    /// Whom to tell, if that was not done already.
    fileprivate mutating func announce() -> (@Sendable () -> Void)? {
        guard !isAnnounced, let onNews else { return nil }
        isAnnounced = true
        return onNews
    }
}

extension StreamedBody: Equatable {
    package static func == (left: StreamedBody, right: StreamedBody) -> Bool { left === right }
}
