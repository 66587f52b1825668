import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// What happens to a run, state by state and event by event. No cell is left open.
struct RunTransitionTests {
    enum Cell {
        /// The run goes on to this state.
        case goes(RunState, [RunEffect], EndReason?)
        /// It stays as it is; the event is no mistake.
        case ignored
        /// The event cannot occur here: a mistake of the program.
        case refused

        static func starts(_ effects: [RunEffect]) -> Cell { .goes(.starting, effects, nil) }
        static func stops(_ reason: EndReason) -> Cell {
            .goes(.stopping, [.save, .stopLoad], reason)
        }
        static func isGone(_ reason: EndReason) -> Cell {
            .goes(.stopping, [.save, .collectFinalNumbers], reason)
        }
        static func finishes(_ reason: EndReason) -> Cell {
            .goes(.finished, [.save, .close], reason)
        }
        static func fails(_ reason: EndReason) -> Cell { .goes(.failed, [.save, .close], reason) }
    }

    /// The columns of the table. The stop under way was asked for by a user.
    static let runs: [(name: String, run: Run)] = [
        ("queued", .sample(.queued)),
        ("pending", .sample(.pending)),
        ("starting", .sample(.starting)),
        ("running", .sample(.running)),
        ("stopping", .sample(.stopping, endReason: .stoppedByUser)),
        ("stopping, load gone", .sample(.stopping, endReason: .stoppedByUser, isLoadGone: true)),
    ]

    static let asked = EndReason.stoppedByUser

    /// One row per event; the columns are those of `runs`.
    static let table: [(event: RunEvent, cells: [Cell])] = [
        (
            .clusterReady(machine: nil),
            [.refused, .starts([.save, .startLoad]), .refused, .refused, .refused, .refused]
        ),
        (
            .loadSeen,
            [
                .refused,
                .refused, .goes(.running, [.save], nil), .ignored, .ignored,
                // It was not gone, or came late: the stop begins again.
                .stops(asked),
            ]
        ),
        (
            .startRefused("why"),
            [
                .fails(.startFailed),
                .fails(.startFailed), .fails(.startFailed), .refused, .finishes(asked),
                .finishes(asked),
            ]
        ),
        (
            .startUncertain("why"),
            [.refused, .refused, .stops(.startFailed), .ignored, .ignored, .ignored]
        ),
        (
            .startTimedOut("why"),
            [.refused, .refused, .stops(.startFailed), .ignored, .ignored, .ignored]
        ),
        (
            .stopRequested(by: "anna"),
            [.finishes(asked), .finishes(asked), .stops(asked), .stops(asked), .ignored, .ignored]
        ),
        (
            .shutdownRequested,
            [.ignored, .fails(.shutdown), .stops(.shutdown), .stops(.shutdown), .ignored, .ignored]
        ),
        (
            .deadlineReached,
            [
                .refused, .refused, .stops(.startFailed), .stops(.durationElapsed), .ignored,
                .ignored,
            ]
        ),
        (
            .usersChanged(to: 20, spawnRate: 4, by: "anna"),
            [
                .refused,
                .refused, .goes(.starting, [.save], nil), .goes(.running, [.save], nil), .refused,
                .refused,
            ]
        ),
        (
            .loadGone(.loadVanished, "why"),
            [
                .refused,
                .refused, .isGone(.loadVanished), .isGone(.loadVanished), .isGone(asked), .ignored,
            ]
        ),
        (
            .replaced("why"),
            [
                .refused, .refused, .fails(.replaced), .fails(.replaced), .finishes(asked),
                .finishes(asked),
            ]
        ),
        (
            .clusterLost("why"),
            [.refused, .refused, .stops(.clusterLost), .stops(.clusterLost), .ignored, .ignored]
        ),
        (
            .stopUnconfirmed("why"),
            [.refused, .refused, .refused, .refused, .fails(.clusterLost), .fails(.clusterLost)]
        ),
        (
            .leftQueue(cluster: "c1"),
            [.goes(.pending, [.save], nil), .refused, .refused, .refused, .refused, .refused]
        ),
        (
            .queueTimedOut("why"),
            [.fails(.queueTimedOut), .refused, .refused, .refused, .refused, .refused]
        ),
        (
            .requestsCounted,
            [.refused, .refused, .refused, .refused, .ignored, .ignored]
        ),
        (
            .numbersFinal,
            [.refused, .refused, .refused, .refused, .finishes(asked), .finishes(asked)]
        ),
    ]

    static let now = Run.sampleStart.addingTimeInterval(35)

    @Test(arguments: 0..<table.count, 0..<runs.count)
    func `every event has its meaning in every live state`(row: Int, column: Int) throws {
        let (event, cells) = Self.table[row]
        try #require(cells.count == Self.runs.count)
        let (name, before) = Self.runs[column]
        var run = before
        let comment = Comment(rawValue: "\(name) takes \(event)")
        switch cells[column] {
        case .goes(let state, let effects, let reason):
            #expect(try run.apply(event, at: Self.now) == effects, comment)
            #expect(run.state == state, comment)
            #expect(run.endReason == reason, comment)
            #expect((run.endReason == nil) == (run.endDetail == nil), comment)
            #expect((run.endedAt == Self.now) == state.isOver, comment)
            #expect(run.revision == before.revision + 1, comment)
            #expect(run.audit.updatedAt == Self.now, comment)
        case .ignored:
            #expect(try run.apply(event, at: Self.now).isEmpty, comment)
            #expect(run == before, comment)
        case .refused:
            #expect(throws: InvalidTransition(state: before.state, event: event), comment) {
                try run.apply(event, at: Self.now)
            }
            #expect(run == before, comment)
        }
    }

    @Test(arguments: [RunState.finished, .failed], 0..<table.count)
    func `a run that is over takes nothing any more`(state: RunState, row: Int) throws {
        let before = Run.sample(state, endReason: .testEnded)
        var run = before
        #expect(try run.apply(Self.table[row].event, at: Self.now).isEmpty)
        #expect(run == before)
    }

    @Test(arguments: EndReason.allCases)
    func `the first reason wins`(first: EndReason) throws {
        for (event, _) in Self.table {
            for isLoadGone in [false, true] {
                var run = Run.sample(.stopping, endReason: first, isLoadGone: isLoadGone)
                // What is refused changes nothing, which the table shows.
                _ = try? run.apply(event, at: Self.now)
                if case .stopUnconfirmed = event {
                    #expect(run.endReason == .clusterLost)
                } else {
                    #expect(run.endReason == first, "after \(event)")
                }
            }
        }
    }

    @Test(arguments: EndReason.allCases)
    func `a run ends finished when it ended as asked and failed when not`(reason: EndReason)
        throws
    {
        var run = Run.sample(.stopping, endReason: reason, isLoadGone: true)
        _ = try run.apply(.numbersFinal, at: Self.now)
        #expect(run.state == (reason.isAsAsked ? .finished : .failed))
    }

    @Test func `changed users leave the plan as it was asked for`() throws {
        var run = Run.sample(.running)
        #expect((run.targetUsers, run.spawnRate) == (10, 2))
        _ = try run.apply(.usersChanged(to: 25, spawnRate: 5, by: "bert"), at: Self.now)
        #expect((run.targetUsers, run.spawnRate) == (25, 5))
        #expect(run.plan.targetUsers == 10)
        #expect(run.audit.updatedBy == "bert")
        let restored = Run(
            restoring: run.id, loadTestID: nil, spec: run.spec, plan: run.plan,
            clusterID: run.clusterID, audit: run.audit, progress: run.progress)
        #expect(restored == run)
    }

    @Test func `the duration counts from the order`() throws {
        var run = Run.sample(.pending, durationSeconds: 90)
        _ = try run.apply(.clusterReady(machine: nil), at: Self.now)
        #expect(run.startRequestedAt == Self.now)
        #expect(run.deadline == Self.now.addingTimeInterval(90))
        _ = try run.apply(.loadSeen, at: Self.now.addingTimeInterval(7))
        #expect(run.startedAt == Self.now.addingTimeInterval(7))
        #expect(run.deadline == Self.now.addingTimeInterval(90))
    }

    @Test func `who stopped a run is kept and who asked again is not`() throws {
        var run = Run.sample(.running)
        _ = try run.apply(.stopRequested(by: "anna"), at: Self.now)
        _ = try run.apply(.stopRequested(by: "bert"), at: Self.now)
        #expect(run.audit.updatedBy == "anna")
        #expect(run.endDetail == "stopped by anna")
    }

    @Test func `load seconds go from the order to the end of the load`() throws {
        var run = Run.sample(.running)
        #expect(run.loadSeconds(at: Self.now) == 35)
        _ = try run.apply(.stopRequested(by: "anna"), at: Self.now)
        #expect(run.loadSeconds(at: Self.now.addingTimeInterval(100)) == 135)
        _ = try run.apply(.loadGone(.stoppedByUser, "none"), at: Self.now.addingTimeInterval(2))
        #expect(run.loadSeconds(at: Self.now.addingTimeInterval(100)) == 37)
        _ = try run.apply(.numbersFinal, at: Self.now.addingTimeInterval(5))
        #expect(run.loadSeconds(at: Self.now.addingTimeInterval(100)) == 35)
        run.setLoadEnd(Self.now.addingTimeInterval(1))
        #expect(run.loadSeconds(at: Self.now.addingTimeInterval(100)) == 36)
        #expect(Run.sample(.pending).loadSeconds(at: Self.now) == 0)
    }

    /// Random events, in any order: whatever happens, a run ends once and says why.
    @Test(arguments: 0..<20)
    func `a random life ends once with a reason and growing revisions`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var run = Run.sample(.pending)
        var ends = 0
        for step in 0..<200 {
            let before = run
            let event = random.pick(Self.table).event
            let effects =
                (try? run.apply(event, at: Self.now.addingTimeInterval(Double(step)))) ?? []
            #expect(run.revision == before.revision + (effects.contains(.save) ? 1 : 0))
            #expect(effects.isEmpty == (run == before), "\(event)")
            if effects.contains(.close) { ends += 1 }
            #expect(run.state.isOver == (ends == 1))
            if run.state.isOver { #expect(run.endReason != nil && run.endedAt != nil) }
        }
        #expect(ends <= 1)
    }
}
