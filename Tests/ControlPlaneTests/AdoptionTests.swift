import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// What a new process does with the runs of the one before.
struct AdoptionTests {
    /// A store with one live run in it, as a crash leaves it.
    ///
    /// - Parameter ordered: whether the order to start was stored.
    private func rig(
        with run: Run, observations: [Observation] = [], clusters: [String] = ["c1"],
        ordered: Bool = true
    ) async throws -> Rig {
        let rig = Rig(clusters: clusters)
        try await rig.store.insert(run, liveRunsMax: nil)
        if ordered, run.state != .pending {
            try await rig.store.note(TimelineNote(.start, at: rig.time.now), of: run.id)
        }
        for observation in observations {
            try await rig.store.append(observation, to: run.id, numbers: nil)
        }
        return rig
    }

    private func uptime(_ rig: Rig, at date: Date) -> Duration {
        rig.time.uptime + .seconds(date.timeIntervalSince(rig.time.now))
    }

    /// Its caller was told that it will be.
    @Test(arguments: [RunState.pending, .starting])
    func `a run whose load nobody has asked for yet is started once`(state: RunState)
        async throws
    {
        let run = Run.sample(state, durationSeconds: 60)
        let rig = try await rig(with: run, ordered: false)
        rig.time.advance(by: .seconds(20))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.finished, run.id))
            #expect(rig.count(.start(run.id)) == 1)
            #expect(rig.stored(run.id)?.endReason == .durationElapsed)
        }
    }

    @Test(arguments: [RunState.pending, .starting])
    func `a start that comes too late to be expected does not happen`(state: RunState)
        async throws
    {
        let run = Run.sample(state, durationSeconds: 6000)
        let rig = try await rig(with: run, ordered: false)
        rig.time.advance(by: rig.settings.startResumableFor + .seconds(1))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.settles(.failed, run.id))
            #expect(rig.stored(run.id)?.endReason == .startFailed)
            #expect(rig.cluster.orders.isEmpty)
        }
    }

    @Test func `a start that the cluster had refused is not looked for`() async throws {
        let run = Run.sample(.starting)
        let rig = try await rig(with: run)
        let order = try #require(try await rig.store.landmarks(of: run.id).first)
        try await rig.store.settle(
            TimelineMark(run: run.id, number: order.number),
            .init(.refused, "no workers", at: rig.time.now))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.settles(.failed, run.id))
            #expect(rig.stored(run.id)?.endDetail == "no workers")
            #expect(rig.cluster.orders.isEmpty)
        }
    }

    @Test func `a stop of a run that was never ordered touches nothing`() async throws {
        let run = Run.sample(.stopping, endReason: .stoppedByUser)
        let rig = try await rig(with: run, ordered: false)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.settles(.finished, run.id))
            #expect(rig.cluster.orders.isEmpty)
        }
    }

    @Test func `a master that was restarted meanwhile is known by its name`() async throws {
        let first = Rig()
        let run = try await first.running { try await first.startRunning(duration: 600) }
        #expect(await eventually { first.stored(run)?.masterBoot == "boot-1" })
        first.cluster.behave { $0.boot = "boot-2" }
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            #expect(await second.reaches(.failed, run, by: .seconds(2)))
            #expect(second.stored(run)?.endReason == .clusterLost)
            #expect(second.store.timeline(of: run).contains { $0.kind == .masterRestarted })
        }
    }

    @Test
    func `the old workers of a restarted master are waited for once, by however many processes`()
        async throws
    {
        var rig = Rig()
        let run = try await rig.running { try await rig.startRunning(duration: 600) }
        #expect(await eventually { rig.stored(run)?.masterBoot == "boot-1" })
        rig.cluster.behave { ($0.boot, $0.load) = ("boot-2", .absent) }
        var noticed: Duration?
        for _ in 0..<4 {
            rig = Rig(after: rig)
            let rig = rig
            try await rig.orchestrator.adopt()
            try await rig.running {
                if noticed == nil {
                    #expect(await rig.reaches(.stopping, run))
                    noticed = rig.time.uptime
                }
                await rig.pass(.seconds(10))
                #expect(rig.stored(run)?.state == .stopping)
            }
        }
        let last = Rig(after: rig)
        try await last.orchestrator.adopt()
        try await last.running {
            #expect(await last.reaches(.failed, run))
            let held = last.time.uptime - (try #require(noticed))
            #expect(held >= last.settings.orphanedWorkersLast - .seconds(1))
            #expect(
                held < last.settings.orphanedWorkersLast + last.settings.numbersFinalTimeout
                    + .seconds(5))
        }
    }

    @Test func `final numbers are waited for once more after a restart, not after each`()
        async throws
    {
        let rig = Rig()
        let run = try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            _ = try await rig.orchestrator.receive(.sample(of: run, sequence: 1, requests: 10))
            _ = try await rig.stop(run)
            #expect(await eventually(moving: rig.time) { rig.isLoadGone(run) })
            return run
        }
        let wait = rig.settings.numbersFinalTimeout
        let adopted = rig.time.uptime
        let second = Rig(after: rig)
        try await second.orchestrator.adopt()
        try await second.running {
            // It ends before its own wait would.
            await second.pass(wait - .seconds(5))
            #expect(second.stored(run)?.state == .stopping)
        }
        let third = Rig(after: second)
        try await third.orchestrator.adopt()
        try await third.running {
            #expect(await third.reaches(.finished, run))
            #expect(third.time.uptime < adopted + wait + .seconds(3))
        }
    }

    @Test func `an unconfirmed stop is given up after its time, by however many processes`()
        async throws
    {
        var rig = Rig()
        let (run, deadline) = try await rig.running {
            let run = try await rig.startRunning(duration: 60)
            return (run, try rig.deadline(of: run))
        }
        rig.cluster.behave {
            $0.stopError = DriverError("connection refused")
            $0.lookError = DriverError("connection refused")
        }
        let life = Duration.seconds(40)
        while rig.stored(run)?.state.isOver == false, rig.time.uptime < deadline + .seconds(600) {
            rig = Rig(after: rig)
            let rig = rig
            try await rig.orchestrator.adopt()
            try await rig.running { await rig.pass(life) }
        }
        #expect(rig.stored(run)?.endReason == .clusterLost)
        #expect(rig.time.uptime >= deadline + rig.settings.stopUnconfirmedAfter)
        #expect(rig.time.uptime <= deadline + rig.settings.stopUnconfirmedAfter + life * 2)
    }

    @Test(arguments: [-86_400.0, 86_400])
    func `a jump of the calendar while the service was away moves no deadline`(jump: Double)
        async throws
    {
        let first = Rig()
        let run = try await first.running { try await first.startRunning(duration: 600) }
        let ordered = first.cluster.times(of: .start(run))[0]
        first.time.advance(by: .seconds(100))
        first.time.jumpCalendar(by: jump)
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            await second.pass(.seconds(10))
            #expect(!second.has(.stop(run)))
            #expect(
                await eventually(moving: second.time, by: .seconds(1)) { second.has(.stop(run)) })
            let late = second.cluster.times(of: .stop(run))[0] - ordered - .seconds(600)
            #expect(late >= .zero && late < .seconds(3))
        }
    }

    @Test func `after a restart of the machine the calendar tells what is left`() async throws {
        let first = Rig()
        let run = try await first.running { try await first.startRunning(duration: 600) }
        first.time.restartMachine()
        first.time.advance(by: .seconds(590))
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            await second.pass(.seconds(15))
            #expect(await eventually { second.has(.stop(run)) })
        }
    }

    @Test func `a run tells that it was taken over`() async throws {
        let run = Run.sample(.running)
        let rig = try await rig(with: run)
        rig.cluster.behave { $0.load = .on }
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(
                await eventually {
                    rig.store.timeline(of: run.id).contains { $0.kind == .adopted }
                })
        }
    }

    @Test func `a starting run whose order never arrived fails and is stopped to be sure`()
        async throws
    {
        let run = Run.sample(.starting)
        let rig = try await rig(with: run)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.failed, run.id))
            #expect(rig.cluster.orders == [.stop(run.id)])
            #expect(rig.stored(run.id)?.endReason == .startFailed)
        }
    }

    @Test(arguments: [RunState.starting, .running])
    func `load that cannot have outlived the service is over, also after its deadline`(
        state: RunState
    ) async throws {
        let run = Run.sample(state, durationSeconds: 60)
        let rig = try await rig(with: run)
        rig.cluster.behave { $0.adopted = .over(.clusterLost, "it went with the service") }
        rig.time.advance(by: .seconds(100))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.failed, run.id))
            #expect(rig.stored(run.id)?.endReason == .clusterLost)
            #expect(rig.stored(run.id)?.endDetail == "it went with the service")
            #expect(rig.cluster.orders.isEmpty)
        }
    }

    @Test func `load that went with the service counts until it was last seen`() async throws {
        let run = Run.sample(.running, durationSeconds: 60)
        let begin = try #require(run.startRequestedAt)
        let rig = try await rig(
            with: run, observations: [.sample(.engine, 1, requests: 50, at: begin + 4)])
        rig.cluster.behave { $0.adopted = .over(.clusterLost, "it went with the service") }
        rig.time.advance(by: .seconds(30))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.failed, run.id))
            #expect(rig.stored(run.id)?.loadSeconds(at: rig.time.now) == 4)
        }
    }

    @Test func `what was stopping when the service went is stopped`() async throws {
        let run = Run.sample(.stopping, endReason: .stoppedByUser)
        let rig = try await rig(with: run)
        rig.cluster.behave { $0.adopted = .over(.clusterLost, "it went with the service") }
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.finished, run.id))
            #expect(rig.stored(run.id)?.endReason == .stoppedByUser)
        }
    }

    @Test(arguments: [RunState.starting, .running])
    func `load that is on is adopted and stopped at its first deadline`(state: RunState)
        async throws
    {
        let run = Run.sample(state, durationSeconds: 60)
        let rig = try await rig(with: run)
        rig.cluster.behave { $0.load = .on }
        rig.time.advance(by: .seconds(25))
        let deadline = uptime(rig, at: Run.sampleStart.addingTimeInterval(60))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.running, run.id))
            #expect(await eventually(moving: rig.time) { rig.has(.stop(run.id)) })
            #expect(rig.cluster.times(of: .stop(run.id))[0] >= deadline)
            #expect(rig.cluster.times(of: .stop(run.id))[0] < deadline + .seconds(5))
            rig.cluster.behave { $0.load = .absent }
            #expect(await rig.reaches(.finished, run.id))
            #expect(rig.stored(run.id)?.endReason == .durationElapsed)
            #expect(!rig.has(.start(run.id)))
        }
    }

    @Test func `an overdue deadline stops at once`() async throws {
        let run = Run.sample(.running, durationSeconds: 60)
        let rig = try await rig(with: run)
        rig.cluster.behave { $0.load = .on }
        rig.time.advance(by: .seconds(3600))
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await eventually { rig.has(.stop(run.id)) })
            rig.cluster.behave { $0.load = .absent }
            #expect(await rig.reaches(.finished, run.id))
        }
    }

    @Test func `a calendar that was set back cannot make a run longer than planned`() async throws {
        let run = Run.sample(.running, durationSeconds: 60)
        let rig = try await rig(with: run)
        rig.cluster.behave { $0.load = .on }
        rig.time.jumpCalendar(by: -86_400)
        let adopted = rig.time.uptime
        try await rig.orchestrator.adopt()
        try await rig.running {
            await rig.pass(.seconds(61))
            #expect(await eventually { rig.has(.stop(run.id)) })
            #expect(rig.cluster.times(of: .stop(run.id))[0] <= adopted + .seconds(61))
        }
    }

    @Test func `a stopping run is stopped again`() async throws {
        let run = Run.sample(.stopping, endReason: .stoppedByUser)
        let rig = try await rig(with: run)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await eventually { rig.has(.stop(run.id)) })
            #expect(await rig.reaches(.finished, run.id))
            #expect(rig.stored(run.id)?.endReason == .stoppedByUser)
        }
    }

    @Test func `a run whose load was gone already comes to its end`() async throws {
        let run = Run.sample(.stopping, endReason: .loadVanished, isLoadGone: true)
        let rig = try await rig(with: run)
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.reaches(.failed, run.id))
            #expect(rig.stored(run.id)?.endReason == .loadVanished)
            #expect(!rig.has(.stop(run.id)))
        }
    }

    @Test func `a run whose cluster is no longer configured ends as lost`() async throws {
        for state in [RunState.starting, .running, .stopping] {
            let run = Run.sample(state, endReason: state == .stopping ? .stoppedByUser : nil)
            let rig = try await rig(with: run, clusters: ["another"])
            try await rig.orchestrator.adopt()
            #expect(rig.stored(run.id)?.state == .failed)
            #expect(rig.stored(run.id)?.endReason == .clusterLost)
        }
    }

    @Test func `numbers are restored so that duplicates stay duplicates`() async throws {
        let run = Run.sample(.running, durationSeconds: 600)
        let rig = try await rig(
            with: run,
            observations: [
                .sample(.callback, 1, epoch: "a", requests: 2, responseMs: [10, 10]),
                .sample(.callback, 1, epoch: "b", requests: 4, responseMs: [10, 10]),
                .sample(.poll, 9, epoch: "p", requests: 3),
            ])
        rig.cluster.behave { $0.load = .on }
        try await rig.orchestrator.adopt()
        try await rig.running {
            for epoch in ["a", "b"] {
                let answer = try await rig.orchestrator.receive(
                    .sample(of: run.id, sequence: 1, epoch: epoch, requests: 2, responseMs: [10]))
                #expect(answer.isDuplicate)
            }
            _ = try await rig.orchestrator.receive(
                .sample(
                    of: run.id, sequence: 2, epoch: "b", requests: 9,
                    responseMs: [90, 90, 90, 90, 90]))
            let metrics = try #require(rig.store.record(run.id)?.lastMetrics)
            #expect(metrics.totalRequests == 9)
            #expect(try #require(metrics.p50ResponseMs) > 80)
        }
    }

    @Test func `final numbers that were stored before the crash are not waited for`() async throws {
        let run = Run.sample(.stopping, endReason: .stoppedByUser, isLoadGone: true)
        let rig = try await rig(
            with: run,
            observations: [.sample(.callback, 1, requests: 7, isFinal: true)])
        try await rig.orchestrator.adopt()
        try await rig.running {
            #expect(await rig.settles(.finished, run.id))
            #expect(await eventually { rig.store.record(run.id)?.lastMetrics?.totalRequests == 7 })
        }
    }

    @Test func `cancelling leaves live runs to the next process`() async throws {
        let first = Rig()
        let run = try await first.running { try await first.startRunning(duration: 60) }
        #expect(first.stored(run)?.state == .running)
        #expect(first.cluster.isLoaded && !first.has(.stop(run)))
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            #expect(await second.reaches(.finished, run))
            #expect(second.count(.start(run)) == 1)
            #expect(second.stored(run)?.endReason == .durationElapsed)
        }
    }

    /// A crash at any moment of a run's life: the next process ends what the first one began.
    @Test(arguments: [RunState.starting, .running, .stopping])
    func `a crash in any state leaves no load behind`(state: RunState) async throws {
        let first = Rig()
        let run = try await first.running {
            if state == .starting { first.cluster.behave { $0.load = .unclear } }
            let run = try await first.start(duration: 30)
            #expect(await eventually { first.has(.start(run)) })
            if state != .starting { #expect(await first.reaches(.running, run)) }
            if state == .stopping {
                first.cluster.behave { $0.stopError = DriverError("connection refused") }
                _ = try await first.stop(run)
            }
            return run
        }
        first.cluster.behave { ($0.load, $0.stopError) = (nil, nil) }
        #expect(first.cluster.isLoaded)
        let second = Rig(after: first)
        try await second.orchestrator.adopt()
        try await second.running {
            #expect(await second.reaches(.finished, run))
            #expect(!second.cluster.isLoaded)
        }
    }
}
