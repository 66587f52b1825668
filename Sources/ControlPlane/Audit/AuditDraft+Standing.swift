import Foundation

extension AuditDraft {
    /// For what the service does because it was told to in advance.
    static func standing(
        _ action: String, by actor: String, of tenant: String? = nil, at now: Date
    ) -> AuditDraft {
        AuditDraft(action, by: AuditActor(.service, actor, of: tenant), at: now)
    }

    /// Does something that is recorded as this.
    func cover<T: Sendable>(
        _ work: () async throws(ControlPlaneError) -> T
    ) async throws(ControlPlaneError) -> T {
        let result: Result<T, ControlPlaneError> = await AuditDraft.$current.withValue(self) {
            do throws(ControlPlaneError) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }
}
