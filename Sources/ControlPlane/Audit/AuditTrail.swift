/// The port to the records of what was done, which can be added to and read, and nothing else.
package protocol AuditTrail: Sendable {
    /// Adds records at the end of the chain; all or none of them.
    func append(_ entries: [AuditEntry]) async throws(ControlPlaneError)

    /// A page of the records in the order of their numbers.
    func records(_ query: AuditQuery) async throws(ControlPlaneError) -> [AuditRecord]

    /// Nil as long as there is no record.
    func auditHead() async throws(ControlPlaneError) -> AuditHead?
}

extension AuditTrail {
    /// Does something for somebody. When this returns there is a record of it: written with each
    /// change by the store, or else behind it.
    ///
    /// - Parameters:
    ///   - outcome: what `work` has come to, and the status of its answer.
    /// - Throws: what `work` throws, of which nothing is recorded here; `.store` when it was done
    ///   and could not be recorded.
    package func record<T: Sendable, E: Error>(
        _ draft: AuditDraft, mapping: (ControlPlaneError) -> E,
        outcome: (T) -> (AuditEntry.Outcome, status: Int?) = { _ in (.done, nil) },
        _ work: () async throws(E) -> T
    ) async throws(E) -> T {
        let result: Result<T, E> = await AuditDraft.$current.withValue(draft) {
            do throws(E) {
                return .success(try await work())
            } catch {
                return .failure(error)
            }
        }
        let value = try result.get()
        guard !draft.isRecorded else { return value }
        let (outcome, status) = outcome(value)
        do throws(ControlPlaneError) {
            try await append([draft.entry(outcome, status: status)])
        } catch {
            throw mapping(error)
        }
        return value
    }
}
