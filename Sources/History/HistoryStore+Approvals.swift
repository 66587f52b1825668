import ControlPlane
import SQLite

extension HistoryStore {
    package nonisolated func runsAwaitingApproval() async throws(ControlPlaneError) -> [Run] {
        try await read { connection in
            try connection.query(
                "SELECT \(Self.runColumns) FROM runs WHERE state = ? ORDER BY created_at",
                [.text(RunState.awaitingApproval.rawValue)]
            ) { try Self.record($0, from: 0).run }
        }
    }
}
