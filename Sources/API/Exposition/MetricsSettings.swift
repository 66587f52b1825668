/// Who may see figures, and how many there are.
package struct MetricsSettings: Equatable, Sendable {
    package enum Access: String, CaseIterable, Sendable {
        /// A token with permission to read, which is shown what it may see.
        case token
        /// Besides, whoever comes without a token is shown the service itself: no runs, no
        /// clusters and nobody's names.
        case open
    }

    /// Endpoints of all runs together that are told apart: some 18 series each.
    package static let endpointsMax = 1_000
    /// Live runs, and as many that ended lately: some 35 series each.
    package static let runsMax = 200

    package var access = Access.token
    /// Shows all figures and opens nothing else: for a scraper, which needs no more.
    package var token: String?
    /// Endpoints of one run that are told apart; the rest is `other`.
    package var endpointsPerRun = 50

    package init() {}
}
