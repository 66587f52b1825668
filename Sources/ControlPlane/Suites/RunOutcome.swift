/// What a suite has to know of one of its runs.
package struct RunOutcome: Equatable, Sendable {
    package let name: String
    package let state: RunState
    /// Nil as long as it is not over.
    package var verdict: Verdict.Result?
    package var verdictReason: String?
    package var endDetail: String?

    package init(name: String, state: RunState) {
        self.name = name
        self.state = state
    }
}
