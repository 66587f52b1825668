import CLinux
import Glibc

/// Waits for descriptors and says by number which are ready. Nothing is called and nothing looked
/// up: what a number means is the caller's business, an index into its connections say.
///
/// Watch a connection once, for reading: readiness is reported as long as it lasts, and changing
/// what is watched costs a system call, an eighth of a small request. An `EventLoop` is this with
/// handlers, timers and messages, for 10 ns more per event.
package struct Poller: ~Copyable {
    package struct Event {
        /// What the descriptor was watched with.
        package let token: UInt64
        package let readiness: Readiness
    }

    /// Most events taken by one wait unless said otherwise. More wait for the next, so that what
    /// the caller does between waits gets its turn.
    package static let batchMaxDefault = 256

    private let epoll: Descriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>

    /// - Parameter batchMax: most events taken by one wait; at least one.
    package init(batchMax: Int = Self.batchMaxDefault) throws(SystemError) {
        precondition(batchMax > 0, "a wait that takes no event never ends")
        let number = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard number >= 0 else { throw SystemError(call: "epoll_create1", code: errno) }
        epoll = Descriptor(owning: number)
        events = .allocate(capacity: batchMax)
        events.initialize(repeating: epoll_event())
    }

    deinit { events.deallocate() }

    /// Begins to report what `descriptor` is ready for. Closing it ends that, unless it has copies.
    package func watch(
        _ descriptor: Int32, for interest: Interest, token: UInt64
    ) throws(SystemError) {
        try control(EPOLL_CTL_ADD, descriptor, events: interest.rawValue, token: token)
    }

    /// Changes what a watched descriptor is watched for, and its token.
    package func change(
        _ descriptor: Int32, to interest: Interest, token: UInt64
    ) throws(SystemError) {
        try control(EPOLL_CTL_MOD, descriptor, events: interest.rawValue, token: token)
    }

    /// Stops to watch a descriptor that is watched and open. An event of the batch that is being
    /// handled may still be for it.
    package func unwatch(_ descriptor: Int32) {
        // Cannot fail for a descriptor that is watched and open.
        _ = epoll_ctl(epoll.number, EPOLL_CTL_DEL, descriptor, nil)
    }

    /// Waits until a descriptor is ready or `patience`, exact to the nanosecond, is over; without
    /// one for as long as it takes. Returns how many events there are; a signal ends the wait with
    /// none. How far beyond `patience` a thread sleeps depends on `LoopThread.sharpenTimers`.
    package func wait(atMost patience: Duration?) throws(SystemError) -> Int {
        let count: Int32
        if let patience, patience > .zero {
            var time = timespec(patience)
            count = epoll_pwait2(
                epoll.number, events.baseAddress, Int32(events.count), &time, nil)
        } else {
            count = epoll_wait(
                epoll.number, events.baseAddress, Int32(events.count), patience == nil ? -1 : 0)
        }
        if count >= 0 { return Int(count) }
        let code = errno
        guard code == EINTR else { throw SystemError(call: "epoll_wait", code: code) }
        return 0
    }

    /// One of the events of the last wait, whose indices begin at zero.
    package func event(_ index: Int) -> Event {
        let event = events[index]
        return Event(token: event.data.u64, readiness: Readiness(rawValue: event.events))
    }

    /// For what only the loop watches, once for each change.
    func watchEdges(_ descriptor: Int32, token: UInt64) throws(SystemError) {
        try control(
            EPOLL_CTL_ADD, descriptor, events: EPOLLIN.rawValue | EPOLLET.rawValue, token: token)
    }

    private func control(
        _ operation: Int32, _ descriptor: Int32, events: UInt32, token: UInt64
    ) throws(SystemError) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: token))
        guard epoll_ctl(epoll.number, operation, descriptor, &event) == 0 else {
            throw SystemError(call: "epoll_ctl", code: errno)
        }
    }
}

extension timespec {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        // Rounded down, which is exact: no clock here is finer than a nanosecond.
        self.init(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
    }
}
