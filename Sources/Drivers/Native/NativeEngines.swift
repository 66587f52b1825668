import ControlPlane
import Synchronization

/// The engines of all native clusters, by their runs. They belong to the process and not to a
/// driver: a cluster whose configuration changes gets a new driver, and keeps its engines.
final class NativeEngines: Sendable {
    /// An engine that has ended is remembered until nobody can want its last numbers any more:
    /// longer than a run waits for them.
    static let endedKept = Duration.seconds(600)

    private struct Entry {
        let engine: EngineChild
        var endSeenAt: Duration?
    }

    private let entries = Mutex<[RunID: Entry]>([:])

    func engine(of run: RunID) -> EngineChild? { entries.withLock { $0[run]?.engine } }

    func add(_ engine: EngineChild, of run: RunID, at now: Duration) {
        entries.withLock { entries in
            for (id, entry) in entries where !entry.engine.isLive {
                entries[id]?.endSeenAt = entry.endSeenAt ?? now
            }
            entries = entries.filter {
                $0.value.endSeenAt.map { now - $0 < Self.endedKept } ?? true
            }
            entries[run] = Entry(engine: engine)
        }
    }

    func forget(_ run: RunID) {
        entries.withLock { $0[run] = nil }
    }

    func live(on cluster: String? = nil) -> [EngineChild] {
        entries.withLock { entries in
            entries.values.map(\.engine).filter {
                $0.isLive && (cluster == nil || $0.clusterID == cluster)
            }
        }
    }
}
