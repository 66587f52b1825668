import ControlPlane
import Foundation
import SQLite
import TestSupport
import Testing

@testable import History

struct TimelineTests {
    let home: StoreFolder
    let run = RunID("r")

    init() async throws {
        home = try StoreFolder()
        try await home.store.insert(.sample("r"), liveRunsMax: nil)
    }

    private func lines(_ page: PageRequest = PageRequest(limit: 100)) async throws
        -> [TimelineEntry]
    {
        try await home.store.timeline(of: run, page).items
    }

    @Test func `a story begins with the run itself`() async throws {
        let line = try #require(try await lines().first)
        #expect(line.number == 1)
        #expect(line.kind == .accepted)
        #expect(line.at == epoch)
        #expect(line.facts["by"] == .string("ci"))
    }

    @Test func `a change of state is told once, with its reason`() async throws {
        var stored = Run.sample("r")
        _ = try stored.apply(.startRefused("no workers"), at: epoch.addingTimeInterval(3))
        try await home.store.save(stored)
        try await home.store.save(stored)
        let changes = try await lines().filter { $0.kind == .stateChanged }
        #expect(changes.map(\.detail) == ["no workers"])
        #expect(changes.first?.facts["from"] == .string("Pending"))
        #expect(changes.first?.facts["to"] == .string("Failed"))
        #expect(changes.first?.facts["endReason"] == .string("startFailed"))
        #expect(changes.first?.at == epoch.addingTimeInterval(3))
    }

    @Test func `an order has no outcome until it is known, and then its last one`() async throws {
        let order = try #require(
            try await home.store.note(
                TimelineNote(.stop, at: epoch, "asked", facts: ["try": .int(1)]), of: run))
        #expect(try await lines().last?.outcome == nil)
        try await home.store.settle(order, .init(.retrying, "refused", at: epoch))
        let end = TimelineEntry.Outcome(.done, "no load", at: epoch.addingTimeInterval(9))
        try await home.store.settle(order, end)
        let line = try #require(try await lines().last)
        #expect(line.outcome == end)
        #expect(line.facts == ["try": .int(1)])
    }

    @Test func `the last line of each kind that an adoption goes by is found`() async throws {
        let kinds: [TimelineEntry.Kind] = [
            .start, .workersLost, .adopted, .stop, .stop, .adopted, .masterRestarted,
        ]
        for kind in kinds {
            _ = try await home.store.note(TimelineNote(kind, at: epoch), of: run)
        }
        let found = try await home.store.landmarks(of: run)
        #expect(found.map(\.kind) == [.start, .stop, .adopted, .masterRestarted])
        #expect(found.map(\.number) == [2, 6, 7, 8])
    }

    @Test func `pages follow each other without gaps`() async throws {
        for _ in 1...6 { _ = try await home.store.note(TimelineNote(.adopted, at: epoch), of: run) }
        var numbers: [Int] = []
        var page = PageRequest(limit: 3)
        while true {
            let found = try await home.store.timeline(of: run, page)
            numbers += found.items.map(\.number)
            guard let next = found.next else { break }
            page.after = next
        }
        #expect(numbers == Array(1...7))
    }

    @Test func `a run's notes are bounded, its orders are not`() async throws {
        for _ in 1...RunJournalLimits.notesMax + 10 {
            _ = try await home.store.note(TimelineNote(.workersLost, at: epoch), of: run)
        }
        #expect(try await home.store.note(TimelineNote(.workersLost, at: epoch), of: run) == nil)
        #expect(try await home.store.note(TimelineNote(.stop, at: epoch), of: run) != nil)
    }

    @Test func `a story of a run that is not there is not told`() async throws {
        await #expect(throws: ControlPlaneError.self) {
            try await home.store.note(TimelineNote(.stop, at: epoch), of: RunID("nobody"))
        }
        #expect(try await home.store.timeline(of: RunID("nobody"), PageRequest()).items.isEmpty)
    }
}
