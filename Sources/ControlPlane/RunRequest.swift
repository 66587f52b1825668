/// What a caller asks to run: a definition, and how much of it.
package struct RunRequest: Sendable {
    package let id: RunID
    package let loadTestID: LoadTestID?
    package let spec: LoadTestSpec
    package let plan: RunPlan
    package let claimedCreatedBy: String?
    /// Who asks for it (`Principal.identity`), and so cannot approve it.
    package let requester: String

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
