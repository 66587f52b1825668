extension Run {
    /// The run as it was when it was accepted: what the first answer to its order showed.
    package var asAccepted: Run {
        var run = Run(
            id: id, loadTestID: loadTestID, spec: spec, plan: plan,
            clusterID: ticket == nil && approval == nil ? clusterID : "", audit: audit.asCreated,
            ticket: ticket?.asGiven, origin: origin)
        if let approval { run.awaitApproval(until: approval.expiresAt, for: approval.requester) }
        return run
    }
}

extension Audit {
    /// Before anybody changed anything.
    package var asCreated: Audit {
        Audit(at: createdAt, by: createdBy, claimed: claimedCreatedBy)
    }
}
