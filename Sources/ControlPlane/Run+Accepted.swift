extension Run {
    /// The run as it was when it was accepted: what the first answer to its order showed.
    package var asAccepted: Run {
        Run(
            id: id, loadTestID: loadTestID, spec: spec, plan: plan,
            clusterID: ticket == nil ? clusterID : "", audit: audit.asCreated,
            ticket: ticket?.asGiven)
    }
}

extension Audit {
    /// Before anybody changed anything.
    package var asCreated: Audit {
        Audit(at: createdAt, by: createdBy, claimed: claimedCreatedBy)
    }
}
