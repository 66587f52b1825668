/// What a caller asks to run: a definition, and how much of it.
package struct RunRequest: Sendable {
    package let id: RunID
    package let loadTestID: LoadTestID?
    package let spec: LoadTestSpec
    package var plan: RunPlan
    package let claimedCreatedBy: String?
    /// Who asks for it (`Principal.identity`), and so cannot approve it.
    package let requester: String
    package var whenBusy = WhenBusy.refuse
    /// Nil for one that a caller asks for.
    package var origin: RunOrigin?
    /// How long it may wait in the queue; nil for as long as usual.
    package var queueTimeout: Duration?

    package init(
        id: RunID, loadTestID: LoadTestID?, spec: LoadTestSpec, plan: RunPlan,
        claimedCreatedBy: String? = nil, requester: String = ""
    ) {
        self.requester = requester
        self.id = id
        self.loadTestID = loadTestID
        self.spec = spec
        self.plan = plan
        self.claimedCreatedBy = claimedCreatedBy
    }
}
