import TestSupport
import Testing

@testable import ControlPlane

struct LiveEventsTests {
    private let dev = EnvironmentKey(tenantID: "t", envID: "dev")

    @Test func `events are taken in their order, once`() {
        let live = LiveEvents()
        for number in 1...3 { live.publish(.timeline(RunID("a"), number: number)) }
        let (events, haveBeenLost) = live.takeAll()
        #expect(events.count == 3)
        #expect(!haveBeenLost)
        #expect(live.takeAll().events.isEmpty)
    }

    @Test func `events that nobody takes are bounded, and their loss is told once`() {
        let live = LiveEvents()
        for _ in 0..<LiveEvents.waitingMax { live.publish(.run(RunID("a"))) }
        #expect(live.takeAll().haveBeenLost == false)
        for _ in 0...LiveEvents.waitingMax { live.publish(.run(RunID("a"))) }
        let (events, haveBeenLost) = live.takeAll()
        #expect(events.count == 1)
        #expect(haveBeenLost)
        #expect(live.takeAll().haveBeenLost == false)
    }

    @Test func `a watch covers what it says`() {
        let run = RunID("a")
        func covers(_ watch: LiveEvents.Watch) -> Bool { watch.covers(run, in: dev) }
        #expect(covers(.run(run)))
        #expect(!covers(.run(RunID("b"))))
        #expect(covers(.runs(in: .everything, tenantID: nil, envID: nil)))
        #expect(covers(.runs(in: .everything, tenantID: "t", envID: "dev")))
        #expect(!covers(.runs(in: .everything, tenantID: "u", envID: nil)))
        #expect(!covers(.runs(in: .everything, tenantID: nil, envID: "prod")))
        #expect(covers(.runs(in: .tenant("t"), tenantID: nil, envID: nil)))
        #expect(!covers(.runs(in: .tenant("u"), tenantID: nil, envID: nil)))
        #expect(!covers(.runs(in: .environments(["prod"], of: "t"), tenantID: nil, envID: nil)))
    }

    @Test func `a run is watched from the first watch to the end of the last`() {
        let live = LiveEvents()
        let run = RunID("a")
        #expect(!live.isWatched(run, in: dev))
        let one = live.beginWatch(.run(run))
        let all = live.beginWatch(.runs(in: .tenant("t"), tenantID: nil, envID: nil))
        live.endWatch(one)
        #expect(live.isWatched(run, in: dev))
        live.endWatch(all)
        #expect(!live.isWatched(run, in: dev))
    }

    @Test func `a master is polled more often while somebody watches its run`() async throws {
        let live = LiveEvents()
        let rig = Rig(liveEvents: live)
        try await rig.running {
            let run = try await rig.startRunning(duration: 3600)
            await rig.pass(.seconds(20))
            let before = rig.cluster.looks
            await rig.pass(.seconds(40))
            let unwatched = rig.cluster.looks - before
            #expect(unwatched <= 6)
            let watch = live.beginWatch(.run(run))
            // Also the pause that has begun already is cut short.
            await rig.pass(.seconds(4))
            #expect(rig.cluster.looks > before + unwatched)
            let watched = rig.cluster.looks
            await rig.pass(.seconds(40))
            #expect(rig.cluster.looks - watched > 2 * unwatched)
            live.endWatch(watch)
        }
        let told = live.takeAll().events.contains { event in
            if case .observation = event { false } else { true }
        }
        #expect(told)
    }
}
