import ControlPlane
import Foundation
import SQLite
import Testing

@testable import History

struct ShareTests {
    private let home: StoreFolder
    private let run = RunID("r")
    private var store: HistoryStore { home.store }

    init() async throws {
        home = try StoreFolder()
        for id in ["r", "other"] {
            try await home.store.insert(
                .sample(id, .finished, started: epoch, ended: epoch + 60), liveRunsMax: nil)
        }
    }

    private func share(_ id: String, at second: Double = 0, lifetime: Double = 60) -> ReportShare {
        ReportShare(
            id: ShareID(id), run: run, proof: TokenProof(salt: [0, 255], hash: Array(0..<32)),
            note: "for it's <b>", createdAt: epoch + second, createdBy: "ci",
            expiresAt: epoch + second + lifetime)
    }

    @Test func `a link comes back as it was stored, with its uses`() async throws {
        try await store.insert(share("1"))
        try await store.insert(share("2", at: 1))
        #expect(try await store.share(ShareID("1")) == share("1"))
        #expect(try await store.shares(of: run).map(\.id.text) == ["2", "1"])
        #expect(try await store.shares(of: RunID("other")) == [])
        #expect(try await store.share(ShareID("3")) == nil)
        for second in 1...3 {
            try await store.noteUse(of: ShareID("1"), at: epoch + Double(second))
        }
        let used = try #require(try await store.share(ShareID("1")))
        #expect(used.useCount == 3 && used.lastUsedAt == epoch + 3)
    }

    @Test func `a link is revoked once, and only as one of its run`() async throws {
        try await store.insert(share("1"))
        await #expect(throws: ControlPlaneError.unknownShare(ShareID("1"))) {
            try await store.revokeShare(ShareID("1"), of: RunID("other"), by: "a", at: epoch)
        }
        try await store.revokeShare(ShareID("1"), of: run, by: "anna", at: epoch + 1)
        try await store.revokeShare(ShareID("1"), of: run, by: "bob", at: epoch + 2)
        let revoked = try #require(try await store.share(ShareID("1")))
        #expect(revoked.revokedBy == "anna" && revoked.revokedAt == epoch + 1)
        #expect(revoked.state(at: epoch) == .revoked)
    }

    @Test func `a run has so many valid links and no more, and few that ended are kept`()
        async throws
    {
        for number in 0..<ReportShare.countMax { try await store.insert(share("\(number)")) }
        await #expect(throws: ControlPlaneError.tooManyShares(max: ReportShare.countMax)) {
            try await store.insert(share("more"))
        }
        try await store.insert(share("later", at: 60))
        for number in 0..<(ReportShare.endedKept + 30) {
            try await store.insert(
                share("short \(number)", at: 100 + Double(number), lifetime: 0.5))
        }
        let kept = try await store.shares(of: run)
        #expect(kept.count == ReportShare.endedKept + 1)
    }

    @Test func `links go with their run, and an unknown run has none`() async throws {
        try await store.insert(share("1"))
        let deleted = try await store.enforce(Retention(maxRuns: 0), at: epoch + 100)
        #expect(deleted == 2)
        #expect(try await store.share(ShareID("1")) == nil)
        await #expect(throws: ControlPlaneError.unknownRun(run)) {
            try await store.insert(share("2"))
        }
    }
}
