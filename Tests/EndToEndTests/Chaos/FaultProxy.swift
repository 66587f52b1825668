import Foundation
import Synchronization
import TestSupport

/// A network that can be broken: passes connections on to a port of this machine, and does to them
/// what its mode says, to those that are open as to those that come.
final class FaultProxy: Sendable {
    enum Mode: Hashable, Sendable {
        case pass
        /// Each piece of data arrives so much later, in both directions.
        case delay(Duration)
        /// Every connection is reset.
        case reset
        /// Connections are taken, and nothing is ever read or answered.
        case blackHole
        /// What is asked arrives, and no answer comes back.
        case swallowAnswers
    }

    private struct State {
        var mode = Mode.pass
        var upstream: UInt16 = 0
        var isOver = false
        /// Counts the changes, and those that the thread goes by.
        var version = 0
        var versionSeen = 0
    }

    /// What was asked over one connection, and what of the answer was passed on.
    typealias Listener = @Sendable (_ asked: [UInt8], _ answered: [UInt8]) -> Void

    let port: UInt16
    private let state = Mutex(State())
    private let ended = Atomic(false)

    /// Listens at once; connections are reset until `forward(to:)` says where to.
    ///
    /// - Parameter heard: is told of each connection when it ends, on the proxy's thread.
    init(heard: Listener? = nil) throws {
        let listener = try Sockets.listen()
        port = Sockets.port(of: listener)
        let proxy = self
        Thread.detachNewThread {
            var pump = FaultPump(listener: listener, heard: heard)
            while true {
                let state = proxy.state.withLock { state in
                    state.versionSeen = state.version
                    return state
                }
                if state.isOver { break }
                pump.turn(state.mode, upstream: state.upstream)
            }
            pump.end()
            proxy.ended.store(true, ordering: .releasing)
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func forward(to port: UInt16) { state.withLock { $0.upstream = port } }

    /// Returns when the mode holds, within some milliseconds.
    func set(_ mode: Mode) {
        let version = state.withLock { state in
            state.mode = mode
            state.version += 1
            return state.version
        }
        while !hasEnded, state.withLock({ $0.versionSeen < version }) { usleep(1000) }
    }

    /// Closes everything; the thread ends by itself within a turn.
    func end() { state.withLock { $0.isOver = true } }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }
}
