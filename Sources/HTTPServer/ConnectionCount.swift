import Synchronization

/// How many connections all loops together serve, so that the limit is the server's.
final class ConnectionCount: Sendable {
    private let count = Atomic(0)
    private let max: Int

    init(max: Int) {
        self.max = max
    }

    /// Takes a place if there is one; whoever took it must `leave`.
    func enter() -> Bool {
        if count.add(1, ordering: .relaxed).newValue <= max { return true }
        leave()
        return false
    }

    var current: Int { count.load(ordering: .relaxed) }

    func leave() { count.subtract(1, ordering: .relaxed) }
}
