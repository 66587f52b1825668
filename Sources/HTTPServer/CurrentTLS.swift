import Networking
import Synchronization

/// The certificate and settings that new connections begin with.
final class CurrentTLS: Sendable {
    private let context: Mutex<TLSServerContext>

    init(_ context: TLSServerContext) { self.context = Mutex(context) }

    var current: TLSServerContext { context.withLock { $0 } }

    func replace(with new: TLSServerContext) { context.withLock { $0 = new } }
}
