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
    }

    let port: UInt16
    private let state = Mutex(State())
    private let ended = Atomic(false)

    /// Listens at once; connections are reset until `forward(to:)` says where to.
    init() throws {
        let listener = try Sockets.listen()
        port = Sockets.port(of: listener)
        let proxy = self
        Thread.detachNewThread {
            var pump = FaultPump(listener: listener)
            while true {
                let state = proxy.state.withLock { $0 }
                if state.isOver { break }
                pump.turn(state.mode, upstream: state.upstream)
            }
            pump.end()
            proxy.ended.store(true, ordering: .releasing)
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    func forward(to port: UInt16) { state.withLock { $0.upstream = port } }

    func set(_ mode: Mode) { state.withLock { $0.mode = mode } }

    /// Closes everything; the thread ends by itself within a turn.
    func end() { state.withLock { $0.isOver = true } }

    var hasEnded: Bool { ended.load(ordering: .acquiring) }
}
