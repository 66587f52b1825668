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

/// The port to the numbers of one run.
package protocol RunMeasurements: Sendable {
    /// The endpoints of a run, in the order of method and name.
    func endpoints(of run: RunID) async throws(ControlPlaneError) -> [Endpoint]

    /// At most so many endpoints of a run, those with the most requests first.
    func busiestEndpoints(of run: RunID, _ most: Int) async throws(ControlPlaneError) -> [Endpoint]

    /// The samples of one endpoint, or of the totals, in the order of time.
    func samples(of run: RunID, endpoint: Endpoint?) async throws(ControlPlaneError)
        -> [TimedSample]

    /// What the native engine last told of itself; nil for a run on another cluster.
    func engineEvidence(of run: RunID) async throws(ControlPlaneError) -> EngineEvidence?

    /// What generators told of themselves with each report, in the order of time.
    func generatorIntervals(of run: RunID) async throws(ControlPlaneError)
        -> [TimedGeneratorInterval]
}

/// The port to what was measured.
package protocol RunHistory: MeasurementSource, RunMeasurements {
    func runs(_ query: RunQuery) async throws(ControlPlaneError) -> Page<RunRecord>

    /// The live runs of each cluster that has any, oldest first.
    func liveRunsByCluster() async throws(ControlPlaneError) -> [String: [RunID]]

    /// Those that decide what a series of the endpoint shows within `window`, in the order of time:
    /// what lies in it and a little around it, behind one sample that stands for all before. So a
    /// long run can be read a part at a time.
    func samples(of run: RunID, endpoint: Endpoint?, around window: ClosedRange<Date>)
        async throws(ControlPlaneError) -> [TimedSample]

    /// When the run was first and last observed; nil for one that never was.
    func observedTime(of run: RunID) async throws(ControlPlaneError) -> ClosedRange<Date>?

    func errors(of run: RunID) async throws(ControlPlaneError) -> [ErrorSample]

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
///
/// A claim is stored with the id under which its request creates its one object, and the store
/// notes in the transaction that creates an object of that id that it has been there. So a repeat
/// of a request that was cut off anywhere finds the object, or creates it under the same id, and
/// the object's primary key decides between any number of repeats.
package protocol IdempotencyStore: Sendable {
    /// Claims a key for a request, or tells what became of the request that claimed it first.
    /// A claim that nobody in this process works on is one of an earlier process, or one whose
    /// end could not be stored: it is taken over.
    ///
    /// - Parameter newID: for the object of the request, unless the key has one already.
    func claim(_ key: IdempotencyKey, digest: String, newID: String, at now: Date)
        async throws(ControlPlaneError) -> IdempotencyClaim

    /// Keeps the answer. The work on the key is over, also when this throws.
    func complete(_ key: IdempotencyKey, with answer: StoredAnswer) async throws(ControlPlaneError)

    /// Gives the key back, so that a request which created nothing can be tried again. The work on
    /// the key is over, also when this throws.
    ///
    /// - Returns: whether the key is free; it is not when the object was created all the same.
    func release(_ key: IdempotencyKey) async throws(ControlPlaneError) -> Bool
}

/// A client's key; different callers never meet in one.
package struct IdempotencyKey: Hashable, Sendable {
    /// How long an answer is kept.
    package static let lifetime = Duration.seconds(24 * 3600)
    /// Keys that one caller can have within their lifetime: one every 4 seconds, day and night. An
    /// answer takes as much room as the object that it tells of, so this bounds both.
    package static let countMax = 20_000

    package let principal: String
    package let key: String

    package init(principal: String, key: String) {
        self.principal = principal
        self.key = key
    }
}

package enum IdempotencyClaim: Equatable, Sendable {
    /// Nothing was created yet: create the object under this id, then complete or release the key.
    case granted(objectID: String)
    /// The object with this id was created, and the answer that told of it is not known: answer
    /// from the object, then complete or release the key.
    case created(objectID: String)
    /// The same request was answered before.
    case answered(StoredAnswer)
    /// The object with this id was created and has been deleted since, whether the answer that told
    /// of it is known or not. The key stays taken, so that it is not created again.
    case gone(objectID: String)
    /// The same request is being worked on.
    case inProgress
    /// The key was used for another request.
    case mismatch
    /// The caller has `IdempotencyKey.countMax` keys; the oldest is forgotten after this time.
    case full(until: Duration)
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
