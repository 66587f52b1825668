/// Waits for descriptors, timers and messages, and calls who asked for them, one after the other.
///
/// Belongs to the thread that runs it; only its mailboxes may be touched from others. Descriptors
/// are level-triggered: what is not used up is reported again.
package final class EventLoop {
    /// Names a watched descriptor until it is no longer watched.
    package struct Registration {
        fileprivate let slot: Int
        fileprivate let generation: UInt32
        fileprivate let descriptor: Int32

        fileprivate var token: UInt64 { UInt64(generation) << 32 | UInt64(slot) }
    }

    private struct Slot {
        var generation: UInt32 = 0
        var handler: (any EventHandler)?
    }

    private static let wakerToken = UInt64.max

    private let poller: Poller
    private let waker: Waker
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var timers = TimerQueue<() -> Void>()
    private var receivers: [any MailReceiver] = []

    /// Read once per batch of events; what is decided within one happens at one time.
    package private(set) var now = MonotonicTime.now

    /// Told after each batch how long its handling took: what is ready meanwhile waits as long.
    package var onBatch: ((Duration) -> Void)?

    package init() throws(SystemError) {
        poller = try Poller()
        waker = try Waker()
        try poller.watchEdges(waker.descriptor, token: Self.wakerToken)
    }

    /// Serves until `condition`, asked between batches, is false. Then mailboxes accept nothing
    /// more and what they hold is delivered.
    package func run(while condition: () -> Bool) throws(SystemError) {
        defer {
            for receiver in receivers { receiver.close() }
            receivers = []  // They know their owners, who know the loop.
        }
        while condition() {
            let count = try wait()
            now = .now
            for index in 0..<count { dispatch(poller.event(index)) }
            for receiver in receivers { receiver.deliver() }
            fireTimers()
            if let onBatch { onBatch(MonotonicTime.now - now) }
        }
    }

    // MARK: Descriptors

    package func watch(
        _ descriptor: Int32, for interest: Interest, handler: any EventHandler
    ) throws(SystemError) -> Registration {
        let slot = freeSlots.popLast() ?? slots.count
        if slot == slots.count { slots.append(Slot()) }
        slots[slot].generation &+= 1
        let registration = Registration(
            slot: slot, generation: slots[slot].generation, descriptor: descriptor)
        do {
            try poller.watch(descriptor, for: interest, token: registration.token)
        } catch {
            freeSlots.append(slot)
            throw error
        }
        slots[slot].handler = handler
        return registration
    }

    package func change(
        _ registration: Registration, to interest: Interest
    ) throws(SystemError) {
        try poller.change(registration.descriptor, to: interest, token: registration.token)
    }

    /// Must come before the descriptor is closed. Events already taken for it are dropped.
    package func unwatch(_ registration: Registration) {
        guard slots[registration.slot].generation == registration.generation else { return }
        slots[registration.slot].handler = nil
        slots[registration.slot].generation &+= 1
        freeSlots.append(registration.slot)
        poller.unwatch(registration.descriptor)
    }

    // MARK: Timers and messages

    /// Calls `action` once, soon after `deadline`.
    package func schedule(at deadline: MonotonicTime, _ action: @escaping () -> Void) -> TimerID {
        timers.add(action, at: deadline)
    }

    /// Does nothing to a timer that has fired.
    package func cancel(_ timer: TimerID) {
        timers.cancel(timer)
    }

    /// Opens a way for other threads to reach this loop. Messages of one mailbox are received in
    /// order, and those posted after the end of `run` not at all.
    package func makeMailbox<Message: Sendable>(
        of type: Message.Type = Message.self, receive: @escaping (Message) -> Void
    ) -> Mailbox<Message> {
        let mailbox = Mailbox<Message>(waker: waker)
        receivers.append(Receiver(mailbox, receive: receive))
        return mailbox
    }

    // MARK: One round

    private func wait() throws(SystemError) -> Int {
        waker.announceSleep()
        defer { waker.announceWork() }
        let isDue = receivers.contains { $0.hasMail }
        let patience = isDue ? .zero : timers.earliest.map { max(.zero, $0 - MonotonicTime.now) }
        return try poller.wait(atMost: patience)
    }

    private func dispatch(_ event: Poller.Event) {
        let token = event.token
        guard token != Self.wakerToken else { return }
        let slot = Int(truncatingIfNeeded: token & 0xFFFF_FFFF)
        // An earlier event of the batch may have ended this descriptor's watch.
        guard slots[slot].generation == UInt32(truncatingIfNeeded: token >> 32),
            let handler = slots[slot].handler
        else { return }
        handler.handle(event.readiness)
    }

    private func fireTimers() {
        // No more than there are now: one that sets itself again at once must not hold the loop.
        for _ in 0..<timers.count {
            guard let action = timers.popDue(at: now) else { return }
            action()
        }
    }
}
