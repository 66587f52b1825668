/// What a caller asks to run: a definition, and how much of it.
package struct RunRequest: Sendable {
    package let id: RunID
    package let loadTestID: LoadTestID?
    package let spec: LoadTestSpec
    package var plan: RunPlan
    package let claimedCreatedBy: String?
    package var whenBusy = WhenBusy.refuse
    /// How long it may wait in the queue; nil for as long as usual.
    package var queueTimeout: Duration?

    package init(
        id: RunID, loadTestID: LoadTestID?, spec: LoadTestSpec, plan: RunPlan,
        claimedCreatedBy: String? = nil
    ) {
        self.id = id
        self.loadTestID = loadTestID
        self.spec = spec
        self.plan = plan
        self.claimedCreatedBy = claimedCreatedBy
    }
}
