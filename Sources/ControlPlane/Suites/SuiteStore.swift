/// The port to stored suites and their runs.
package protocol SuiteStore: Sendable {
    /// - Throws: `.tooManySuites`.
    func insert(_ suite: Suite) async throws(ControlPlaneError)

    func suite(_ id: SuiteID, in scope: Scope) async throws(ControlPlaneError) -> Suite?

    func suites(_ query: SuiteQuery) async throws(ControlPlaneError) -> Page<Suite>

    /// Replaces a suite; its version must be one above the stored one.
    ///
    /// - Throws: `.versionConflict` when it was changed meanwhile.
    func update(_ suite: Suite) async throws(ControlPlaneError)

    /// Deletes a suite; its runs stay.
    ///
    /// - Throws: `.versionConflict` when `version` is given and is not the stored one.
    func delete(_ id: SuiteID, version: Int?, in scope: Scope) async throws(ControlPlaneError)

    /// - Throws: `.tooManySuiteRuns`.
    func insert(_ run: SuiteRun) async throws(ControlPlaneError)

    func suiteRun(_ id: SuiteRunID, in scope: Scope) async throws(ControlPlaneError) -> SuiteRun?

    func suiteRuns(_ query: SuiteRunQuery) async throws(ControlPlaneError) -> Page<SuiteRun>

    /// Stores how far it is, unless a newer revision is stored already.
    func save(_ run: SuiteRun) async throws(ControlPlaneError)

    /// Those that are not over, oldest first.
    func liveSuiteRuns() async throws(ControlPlaneError) -> [SuiteRun]

    /// What is known of those of these runs that are stored.
    func outcomes(of runs: [RunID]) async throws(ControlPlaneError) -> [RunID: RunOutcome]

    /// The newest run of each of these suites that has one.
    func lastRuns(of suites: [SuiteID]) async throws(ControlPlaneError) -> [SuiteID: SuiteRun]
}

/// Which suites a caller wants, newest first.
package struct SuiteQuery: Equatable, Sendable {
    package var scope: Scope
    package var tenantID: String?
    package var envID: String?
    package var text: String?
    package var page: PageRequest

    package init(scope: Scope, page: PageRequest = .init()) {
        self.scope = scope
        self.page = page
    }
}

/// Which runs of suites a caller wants, newest first.
package struct SuiteRunQuery: Equatable, Sendable {
    package var scope: Scope
    package var tenantID: String?
    package var envID: String?
    package var suiteID: SuiteID?
    package var page: PageRequest

    package init(scope: Scope, page: PageRequest = .init()) {
        self.scope = scope
        self.page = page
    }
}
