import Foundation

/// Identifies a share link; a UUID in lower case.
package struct ShareID: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { text }
}

/// A link that shows the report of one run to whoever has it, as it is stored: without its secret.
package struct ReportShare: Equatable, Sendable {
    /// Links of a run that are valid at once: each team that asks has one, and a loop that makes
    /// them fills no disk.
    package static let countMax = 20
    /// Of those that have ended, the newest are kept for people to look at.
    package static let endedKept = 50

    package enum State: String, CaseIterable, Sendable {
        case active
        case expired
        case revoked
    }

    package let id: ShareID
    package let run: RunID
    package let proof: TokenProof
    /// Whom it is for, in words.
    package let note: String
    package let createdAt: Date
    package let createdBy: String
    package let expiresAt: Date
    package var revokedAt: Date?
    package var revokedBy: String?
    /// How often it has shown the report, and when last.
    package var useCount = 0
    package var lastUsedAt: Date?

    package init(
        id: ShareID, run: RunID, proof: TokenProof, note: String, createdAt: Date,
        createdBy: String, expiresAt: Date
    ) {
        self.id = id
        self.run = run
        self.proof = proof
        self.note = note
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.expiresAt = expiresAt
    }

    package func state(at now: Date) -> State {
        if revokedAt != nil { return .revoked }
        return expiresAt <= now ? .expired : .active
    }
}

/// The port to share links. Who may see a run is decided before: none of these takes a scope.
package protocol ShareStore: Sendable {
    /// - Throws: `.unknownRun` when the run was deleted meanwhile, `.tooManyShares` when
    ///   `ReportShare.countMax` links of it are valid.
    func insert(_ share: ReportShare) async throws(ControlPlaneError)

    func share(_ id: ShareID) async throws(ControlPlaneError) -> ReportShare?

    /// Newest first.
    func shares(of run: RunID) async throws(ControlPlaneError) -> [ReportShare]

    /// Ends the link for good; the first time counts.
    ///
    /// - Throws: `.unknownShare` for one that is not of this run.
    func revokeShare(_ id: ShareID, of run: RunID, by actor: String, at now: Date)
        async throws(ControlPlaneError)

    /// Counts that the link has shown its report.
    func noteUse(of share: ShareID, at now: Date) async throws(ControlPlaneError)
}
