import Foundation

/// The port to stored definitions.
package protocol LoadTestStore: Sendable {
    func insert(_ test: LoadTest) async throws(ControlPlaneError)

    func loadTest(_ id: LoadTestID, in scope: Scope) async throws(ControlPlaneError) -> LoadTest?

    func loadTests(_ query: LoadTestQuery) async throws(ControlPlaneError) -> Page<LoadTest>

    /// Replaces the definition; its version must be one above the stored one.
    ///
    /// - Throws: `.versionConflict` when it was changed meanwhile.
    func update(_ test: LoadTest) async throws(ControlPlaneError)

    /// Deletes the definition; runs of it stay.
    ///
    /// - Throws: `.loadTestInUse` while runs of it live, `.versionConflict` when `version` is
    ///   given and is not the stored one.
    func delete(_ id: LoadTestID, version: Int?, in scope: Scope) async throws(ControlPlaneError)
}

/// The port to what was measured.
package protocol RunHistory: Sendable {
    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord>

    /// The live runs of each cluster that has any, oldest first.
    func liveRunsByCluster() async throws(ControlPlaneError) -> [String: [RunID]]

    /// The endpoints of a run, in the order of method and name.
    func endpoints(of run: RunID) async throws(ControlPlaneError) -> [Endpoint]

    /// The samples of one endpoint, or of the totals, in the order of time.
    func samples(of run: RunID, endpoint: Endpoint?) async throws(ControlPlaneError)
        -> [TimedSample]

    func errors(of run: RunID) async throws(ControlPlaneError) -> [ErrorSample]

    /// What the native engine last told of itself; nil for a run on another cluster.
    func engineEvidence(of run: RunID) async throws(ControlPlaneError) -> EngineEvidence?

    /// Whether the store answers.
    func check() async throws(ControlPlaneError)
}

/// One stored sample on the run's time line.
package struct TimedSample: Sendable {
    package let time: Date
    package let source: Observation.Source
    package let users: Int
    package let workers: Int?
    package let sample: Sample

    package init(
        time: Date, source: Observation.Source, users: Int, workers: Int?, sample: Sample
    ) {
        self.time = time
        self.source = source
        self.users = users
        self.workers = workers
        self.sample = sample
    }
}

/// The port to answers that must be given again when a request is repeated.
package protocol IdempotencyStore: Sendable {
    /// Claims a key for a request, or tells what became of the request that claimed it first.
    func claim(_ key: IdempotencyKey, digest: String, at now: Date)
        async throws(ControlPlaneError) -> IdempotencyClaim

    func complete(_ key: IdempotencyKey, with answer: StoredAnswer) async throws(ControlPlaneError)

    /// Gives the key back, so that a request which changed nothing can be tried again.
    func release(_ key: IdempotencyKey) async throws(ControlPlaneError)
}

/// A client's key; different callers never meet in one.
package struct IdempotencyKey: Hashable, Sendable {
    /// How long an answer is kept.
    package static let lifetime = Duration.seconds(24 * 3600)

    package let principal: String
    package let key: String

    package init(principal: String, key: String) {
        self.principal = principal
        self.key = key
    }
}

package enum IdempotencyClaim: Equatable, Sendable {
    /// The key is new: go on, then complete or release it.
    case granted
    /// The same request was answered before.
    case answered(StoredAnswer)
    /// The same request is being worked on.
    case inProgress
    /// The key was used for another request.
    case mismatch
}

package struct StoredAnswer: Equatable, Sendable {
    package let status: Int
    package let headers: [String: String]
    package let body: [UInt8]

    package init(status: Int, headers: [String: String], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
