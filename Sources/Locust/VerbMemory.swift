import Synchronization

/// Remembers which method a master wants for `/stop` and `/stats/reset`: both were GET until
/// 2.46 and are POST since 2.47.
final class VerbMemory: Sendable {
    private let latest = Mutex("POST")

    /// POST until the master has said otherwise: trying costs nothing, since a 405 does nothing.
    var current: String { latest.withLock { $0 } }

    func remember(_ method: String) { latest.withLock { $0 = method } }

    static func other(than method: String) -> String { method == "POST" ? "GET" : "POST" }
}
