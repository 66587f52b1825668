import ControlPlane
import Foundation
import SQLite

extension HistoryStore: EmergencyStopStore {
    package func insert(_ stop: EmergencyStop) throws(ControlPlaneError) {
        try transact { connection in
            let added = try connection.run(
                """
                INSERT INTO emergency_stops (id, created_at, stop) VALUES (?, ?, ?)
                ON CONFLICT (id) DO NOTHING
                """,
                [.text(stop.id), Coding.milliseconds(stop.createdAt), try Coding.json(stop)])
            guard added > 0 else { return }
            try record(
                AuditChange(
                    "emergency.stop", of: .emergencyStop(stop), after: stop.audited,
                    at: stop.createdAt), connection)
        }
    }

    package func lift(_ id: String, at now: Date, by actor: String) throws(ControlPlaneError) {
        try transact { connection in
            let stop = try connection.first(
                "SELECT stop FROM emergency_stops WHERE id = ? AND lifted_at IS NULL", [.text(id)]
            ) { try Coding.decode(EmergencyStop.self, $0.text(0)) }
            guard let stop else { return }
            _ = try connection.run(
                "UPDATE emergency_stops SET lifted_at = ?, lifted_by = ? WHERE id = ?",
                [Coding.milliseconds(now), .text(actor), .text(id)])
            try record(
                AuditChange(
                    "emergency.lift", of: .emergencyStop(stop), before: stop.audited, at: now),
                connection)
        }
    }

    package nonisolated func emergencyStops() async throws(ControlPlaneError) -> [EmergencyStop] {
        try await read { connection in
            try connection.query(
                "SELECT stop FROM emergency_stops WHERE lifted_at IS NULL ORDER BY created_at, id",
                []
            ) { try Coding.decode(EmergencyStop.self, $0.text(0)) }
        }
    }
}
