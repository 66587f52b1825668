import Testing

@testable import ControlPlane

struct WorkerWatchTests {
    private func seen(_ ids: String...) -> WorkersSeen {
        WorkersSeen(count: ids.count, ids: Set(ids))
    }

    @Test func `workers that come while load begins are no change`() {
        var watch = WorkerWatch(minShare: nil)
        for count in [0, 1, 3] {
            #expect(watch.see(WorkersSeen(count: count), at: .seconds(count)).isEmpty)
        }
        #expect(watch.most == 3)
        #expect(watch.end(at: .seconds(9)) == nil)
    }

    @Test func `a loss names who is gone, and a return says after how long`() {
        var watch = WorkerWatch(minShare: nil)
        #expect(watch.see(seen("a", "b", "c"), at: .seconds(1)).isEmpty)
        #expect(
            watch.see(seen("b"), at: .seconds(5)) == [.lost(before: 3, now: 1, ids: ["a", "c"])])
        #expect(watch.see(seen("b"), at: .seconds(6)).isEmpty)
        #expect(
            watch.see(seen("b", "d"), at: .seconds(9))
                == [.returned(before: 1, now: 2, away: .seconds(8))])
        #expect(
            watch.see(seen("b", "d", "e"), at: .seconds(12))
                == [.returned(before: 2, now: 3, away: .seconds(11))])
        #expect(watch.end(at: .seconds(20)) == nil)
    }

    @Test func `one that takes another's place between two sightings is a loss and a return`() {
        var watch = WorkerWatch(minShare: nil)
        _ = watch.see(seen("a", "b"), at: .seconds(1))
        #expect(
            watch.see(seen("a", "c"), at: .seconds(11)) == [
                .lost(before: 2, now: 1, ids: ["b"]),
                .returned(before: 1, now: 2, away: .seconds(10)),
            ])
    }

    @Test func `one that was missed after a silence is away since it was last heard`() {
        var watch = WorkerWatch(minShare: nil)
        _ = watch.see(seen("a", "b"), at: .seconds(1))
        _ = watch.see(WorkersSeen(count: 2), at: .seconds(9))
        let less = WorkersSeen(count: 1, silence: .seconds(5))
        #expect(watch.see(less, at: .seconds(10)) == [.lost(before: 2, now: 1, ids: [])])
        #expect(watch.idsBeforeLoss == ["a", "b"])
        // Names that come later are no other workers.
        #expect(watch.see(seen("b"), at: .seconds(12)).isEmpty)
        #expect(watch.idsBeforeLoss == nil)
        #expect(
            watch.see(seen("b", "c"), at: .seconds(20))
                == [.returned(before: 1, now: 2, away: .seconds(15))])
    }

    @Test func `what is missing at the end has been missing since it was lost`() {
        var watch = WorkerWatch(minShare: nil)
        _ = watch.see(WorkersSeen(count: 2), at: .seconds(1))
        _ = watch.see(WorkersSeen(count: 1), at: .seconds(10))
        #expect(watch.end(at: .seconds(34)) == .seconds(33))
        #expect(watch.end(at: .seconds(35)) == nil)
    }

    @Test(arguments: [
        (0.6, 3, false), (0.6, 2, true), (1, 4, true), (0.2, 1, false), (0, 0, false),
    ])
    func `the share is of the most that were there`(share: Double, left: Int, isTooFew: Bool) {
        var watch = WorkerWatch(minShare: share)
        _ = watch.see(WorkersSeen(count: 5), at: .zero)
        _ = watch.see(WorkersSeen(count: left), at: .seconds(1))
        #expect(watch.areTooFew == isTooFew)
        #expect(!watch.areLost(at: .seconds(10.9), grace: .seconds(10)))
        #expect(watch.areLost(at: .seconds(11), grace: .seconds(10)) == isTooFew)
    }

    @Test func `the grace begins anew after a return`() {
        var watch = WorkerWatch(minShare: 0.5)
        for (count, second) in [(4, 0), (1, 1), (2, 8), (1, 9)] {
            _ = watch.see(WorkersSeen(count: count), at: .seconds(second))
        }
        #expect(!watch.areLost(at: .seconds(12), grace: .seconds(10)))
        #expect(watch.areLost(at: .seconds(19), grace: .seconds(10)))
    }

    @Test func `an adopted run knows how many there were`() {
        var watch = WorkerWatch(minShare: 0.6, most: 3)
        #expect(
            watch.see(WorkersSeen(count: 1), at: .seconds(1)) == [.lost(before: 3, now: 1, ids: [])]
        )
        #expect(watch.areTooFew)
    }
}
