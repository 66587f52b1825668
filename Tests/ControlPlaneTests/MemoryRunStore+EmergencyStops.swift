import ControlPlane
import Foundation

extension MemoryRunStore {
    func insert(_ stop: EmergencyStop) async throws(ControlPlaneError) {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.stopInsertsToFail, state.failure)
            guard !state.emergencyStops.contains(where: { $0.id == stop.id }) else { return }
            state.emergencyStops.append(stop)
        }
    }

    func lift(_ id: String, at now: Date, by actor: String) async throws(ControlPlaneError) {
        try state.withLock { state throws(ControlPlaneError) in
            try Self.fail(&state.stopInsertsToFail, state.failure)
            state.emergencyStops.removeAll { $0.id == id }
        }
    }

    func emergencyStops() async throws(ControlPlaneError) -> [EmergencyStop] {
        state.withLock { $0.emergencyStops }
    }
}
