import Synchronization

/// The only part of an `EventLoop` that other threads may touch: takes messages in order.
///
/// It has no limit of its own. Who posts must be bounded, as by one answer per request.
package final class Mailbox<Message: Sendable>: Sendable {
    private struct State {
        var messages: [Message] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let waker: Waker

    init(waker: Waker) {
        self.waker = waker
    }

    /// Returns whether the message will be delivered; after the loop's end none is.
    @discardableResult
    package func post(_ message: Message) -> Bool {
        let isAccepted = state.withLock { state in
            if !state.isClosed { state.messages.append(message) }
            return !state.isClosed
        }
        if isAccepted { waker.wake() }
        return isAccepted
    }

    var isEmpty: Bool { state.withLock { $0.messages.isEmpty } }

    func takeAll() -> [Message] {
        state.withLock { state in
            let messages = state.messages
            state.messages = []
            return messages
        }
    }

    /// Accepts nothing more, and returns what was not delivered.
    func close() -> [Message] {
        state.withLock { state in
            state.isClosed = true
            let messages = state.messages
            state.messages = []
            return messages
        }
    }
}

/// A mailbox's end on its loop's side.
protocol MailReceiver: AnyObject {
    var hasMail: Bool { get }
    func deliver()
    func close()
}

final class Receiver<Message: Sendable>: MailReceiver {
    private let mailbox: Mailbox<Message>
    private let receive: (Message) -> Void

    init(_ mailbox: Mailbox<Message>, receive: @escaping (Message) -> Void) {
        self.mailbox = mailbox
        self.receive = receive
    }

    var hasMail: Bool { !mailbox.isEmpty }

    func deliver() {
        for message in mailbox.takeAll() { receive(message) }
    }

    /// What came too late is delivered all the same: it may own something, such as a descriptor.
    func close() {
        for message in mailbox.close() { receive(message) }
    }
}
