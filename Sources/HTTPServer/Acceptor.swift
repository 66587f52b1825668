import Glibc
import Networking

/// Accepts connections and deals them out to all loops in turn, which keeps the loops equally
/// busy; one message per connection is its price.
final class Acceptor: EventHandler {
    /// Most connections accepted before the loop's other events get their turn.
    private static let batchMax = 64
    /// How long to leave connections in the queue when descriptors have run out. The listener
    /// stays ready all the time, so asking at once would only burn a core.
    private static let pauseTime: Duration = .milliseconds(100)

    private var listener: TCPListener?
    private var registration: EventLoop.Registration?
    private unowned let loop: ServerLoop
    private let occupancy: Occupancy
    private let mailboxes: [Mailbox<LoopMessage>]
    private var next = 0

    init(
        listener: TCPListener, loop: ServerLoop, occupancy: Occupancy,
        mailboxes: [Mailbox<LoopMessage>]
    ) throws(SystemError) {
        self.listener = listener
        self.loop = loop
        self.occupancy = occupancy
        self.mailboxes = mailboxes
        registration = try loop.events.watch(
            listener.descriptor, for: .reading, handler: self)
    }

    func handle(_ readiness: Readiness) {
        accept(max: Self.batchMax)
    }

    /// Accepts what has already come, closes the listener, and drains all loops.
    func drain(limit: Duration) {
        guard listener != nil else { return }
        // The queue's own limit bounds this; a client flooding it cannot delay the end.
        accept(max: 1_024)
        stop()
        for mailbox in mailboxes { mailbox.post(.drain(limit: limit)) }
    }

    func stop() {
        if let registration { loop.events.unwatch(registration) }
        registration = nil
        listener = nil
    }

    private func accept(max: Int) {
        for _ in 0..<max {
            switch listener?.accept() {
            case .accepted(let descriptor, let address):
                place(descriptor: descriptor, remoteAddress: address.host)
            case .unable(let error):
                pause(because: error)
                return
            case .wouldBlock, nil:
                return
            }
        }
    }

    private func place(descriptor: Int32, remoteAddress: String) {
        guard occupancy.enter() else {
            return loop.adoptInsteadOfAnother(descriptor: descriptor, remoteAddress: remoteAddress)
        }
        let message = LoopMessage.adopt(descriptor: descriptor, remoteAddress: remoteAddress)
        if !mailboxes[next].post(message) {
            close(descriptor)
            occupancy.leave()
        }
        next = (next + 1) % mailboxes.count
    }

    private func pause(because error: SystemError) {
        guard let registration else { return }
        loop.onDiagnostic("acceptPaused", ["error": "\(error)"])
        loop.events.unwatch(registration)
        self.registration = nil
        _ = loop.events.schedule(at: loop.events.now + Self.pauseTime) { [weak self] in
            self?.resume()
        }
    }

    private func resume() {
        guard let listener, registration == nil else { return }
        do {
            registration = try loop.events.watch(
                listener.descriptor, for: .reading, handler: self)
        } catch {
            loop.onDiagnostic("acceptFailed", ["error": "\(error)"])
        }
    }
}
