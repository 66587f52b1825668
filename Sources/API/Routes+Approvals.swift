import ControlPlane

extension Routes {
    static let approvals: [APIRoute] = [
        .init(
            method: "POST", path: "/v1/runs/{id}/approve", permission: .start,
            summary: "Let a run start that awaits approval; by somebody else than who asked for "
                + "it, with the permission that its environment wants",
            body: Schemas.approvalInput, bodyIsOptional: true,
            answers: [.init(202, "The run, accepted", Schemas.run)],
            refusals: [.notFound, .notAwaitingApproval] + startRefusals, admission: .changes,
            audit: .action("run.approve"), handler: ApprovalHandlers.approve),
        .init(
            method: "POST", path: "/v1/runs/{id}/reject", permission: .start,
            summary: "End a run that awaits approval; by whoever could approve it",
            body: Schemas.rejectionInput, bodyIsOptional: true,
            answers: [.init(200, "The run, which is over", Schemas.run)],
            refusals: [.notFound, .notAwaitingApproval], admission: .changes,
            audit: .action("run.reject"), handler: ApprovalHandlers.reject),
    ]
}
