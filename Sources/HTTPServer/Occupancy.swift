import Synchronization

/// What all loops together have taken, so that the limits are the server's and not a loop's.
final class Occupancy: Sendable {
    private let connections = Atomic(0)
    private let bodyBytes = Atomic(0)
    private let outputBytes = Atomic(0)
    private let connectionsMax: Int
    private let bodyBytesMax: Int
    private let outputBytesMax: Int
    let meters = ServerMeters()

    init(limits: ServerLimits) {
        connectionsMax = limits.connectionsMax
        bodyBytesMax = limits.bodyBytesTotalMax
        outputBytesMax = limits.outputBytesTotalMax
    }

    var connectionCount: Int { connections.load(ordering: .relaxed) }

    /// Takes a place if there is one; whoever took it must `leave`.
    func enter() -> Bool {
        if connections.add(1, ordering: .relaxed).newValue <= connectionsMax { return true }
        leave()
        return false
    }

    func leave() { connections.subtract(1, ordering: .relaxed) }

    /// Takes room for bytes of a body if there is any; whoever took it must `giveBack`.
    func take(bodyBytes count: Int) -> Bool {
        if bodyBytes.add(count, ordering: .relaxed).newValue <= bodyBytesMax { return true }
        giveBack(bodyBytes: count)
        return false
    }

    func giveBack(bodyBytes count: Int) { bodyBytes.subtract(count, ordering: .relaxed) }

    /// Takes room for bytes of an answer that its client has not taken, if there is any; whoever
    /// took it must `giveBack`.
    func take(outputBytes count: Int) -> Bool {
        if outputBytes.add(count, ordering: .relaxed).newValue <= outputBytesMax { return true }
        giveBack(outputBytes: count)
        return false
    }

    func giveBack(outputBytes count: Int) { outputBytes.subtract(count, ordering: .relaxed) }
}
