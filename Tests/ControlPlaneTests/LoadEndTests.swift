import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// When the load of a run ended, whoever noticed it and whenever.
struct LoadEndTests {
    private let start = Run.sampleStart

    private func run(stopAfter: Double?, goneAfter: Double?) -> Run {
        var progress = Run.sample(.running).progress
        progress.state = .finished
        progress.stopRequestedAt = stopAfter.map { start + $0 }
        progress.loadGoneAt = goneAfter.map { start + $0 }
        progress.endedAt = start + 200
        let sample = Run.sample(.running)
        return Run(
            restoring: sample.id, loadTestID: nil, spec: sample.spec, plan: sample.plan,
            clusterID: "c1", audit: sample.audit, progress: progress)
    }

    private func numbers(_ observations: Observation...) -> RunNumbers {
        var numbers = RunNumbers()
        for observation in observations { numbers.absorb(observation) }
        return numbers
    }

    @Test func `who made the load knows best`() {
        let numbers = numbers(
            .sample(.poll, 1, requests: 50, at: start + 70),
            .sample(.callback, 1, requests: 90, at: start + 45, isFinal: true))
        #expect(numbers.loadEnd(of: run(stopAfter: 61, goneAfter: 75)) == start + 45)
    }

    @Test func `a stop that was seen to work at once ended it`() {
        let numbers = numbers(.sample(.poll, 1, requests: 50, at: start + 32))
        #expect(numbers.loadEnd(of: run(stopAfter: 30, goneAfter: 33)) == start + 30)
    }

    @Test func `of a stop that took long the counts tell`() {
        let numbers = numbers(
            .sample(.poll, 1, requests: 50, at: start + 20),
            .sample(.poll, 2, requests: 80, at: start + 51),
            .sample(.poll, 3, requests: 80, at: start + 90))
        #expect(numbers.loadEnd(of: run(stopAfter: 10, goneAfter: 91)) == start + 51)
    }

    @Test func `a load that nobody was seen to end ended when its counts stood still`() {
        let numbers = numbers(.sample(.poll, 1, requests: 50, at: start + 20))
        #expect(numbers.loadEnd(of: run(stopAfter: nil, goneAfter: nil)) == start + 20)
        #expect(numbers.loadEnd(of: Run.sample(.pending)) == nil)
    }

    @Test func `the rate of a run is that of its load`() async throws {
        let rig = Rig()
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            let order = try #require(rig.stored(run)?.startRequestedAt)
            rig.cluster.behave { $0.stopError = DriverError("timed out") }
            _ = try await rig.stop(run)
            await rig.pass(.seconds(20))
            rig.cluster.behave {
                $0.stopError = nil
                $0.observations = [
                    .sample(.callback, 9, requests: 300, at: order + 30, isFinal: true)
                ]
            }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.loadEndedAt == order + 30)
            #expect(rig.store.record(run)?.lastMetrics?.totalRps == 10)
            #expect(rig.store.timeline(of: run).contains { $0.kind == .loadEnded })
        }
    }
}
