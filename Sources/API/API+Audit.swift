import ControlPlane
import HTTP

extension API {
    /// Does what a route is for. What changes something is answered only when it is recorded.
    static func recorded(
        _ call: Call, _ route: APIRoute, _ work: () async throws(Problem) -> Response
    ) async throws(Problem) -> Response {
        guard case .action(let action) = route.audit else { return try await work() }
        let draft = AuditDraft(
            action, by: AuditActor(call.principal.name.isEmpty ? nil : call.principal),
            from: call.request.remoteAddress, request: call.requestID,
            at: call.services.time.now, about: subject(of: call.request, action, call.principal))
        return try await call.services.audit.record(
            draft, mapping: { Problem($0) },
            outcome: { response in
                let isRepeat = response.headers[Idempotency.replayedHeader] != nil
                return (isRepeat ? .replayed : .done, response.status)
            }, work)
    }

    /// Counts a refusal, to be recorded soon.
    static func note(
        _ problem: Problem, _ request: Request, _ route: APIRoute, _ principal: Principal?,
        _ id: String, _ services: Services
    ) {
        guard let action = route.audit.name else { return }
        var entry = AuditEntry(action, by: AuditActor(principal), at: services.time.now)
        entry.address = request.remoteAddress
        entry.requestID = id
        entry.outcome = problem.status < 500 ? .refused : .failed
        (entry.status, entry.code) = (problem.status, problem.code)
        // What a stranger names tells nothing, and there is no end of it.
        let named = principal == nil ? nil : subject(of: request, action, principal)
        entry.subject = problem.subject ?? named
        services.refusalRecords.note(entry)
    }

    /// The object in the path, as the caller named it, which need not exist: whose it is must not
    /// be told by a refusal, so it is of the caller's own tenant.
    private static func subject(
        of request: Request, _ action: String, _ principal: Principal?
    ) -> AuditSubject? {
        guard let id = request.parameters["id"] else { return nil }
        let kind = action.prefix { $0 != "." }
        return AuditSubject(String(kind), id, tenant: AuditActor(principal).tenantID)
    }
}
