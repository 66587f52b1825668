import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// Orders to the cluster are stored before they are given, and what became of them after.
struct OrderTests {
    let rig = Rig()

    private func orders(_ run: RunID, _ kind: TimelineEntry.Kind) -> [TimelineEntry] {
        rig.store.timeline(of: run).filter { $0.kind == kind }
    }

    @Test func `a start and a stop leave their orders with their outcomes`() async throws {
        try await rig.running {
            let run = try await rig.startRunning()
            _ = try await rig.stop(run)
            #expect(await rig.reaches(.finished, run))
            #expect(orders(run, .start).map(\.outcome?.result) == [.done])
            #expect(await eventually { orders(run, .stop).map(\.outcome?.result) == [.done] })
        }
    }

    @Test func `no load is asked for that could not be stored`() async throws {
        rig.store.behave { $0.ordersToFail = 1 }
        try await rig.running {
            let run = try await rig.start()
            #expect(await rig.reaches(.failed, run))
            #expect(!rig.has(.start(run)))
        }
    }

    @Test(arguments: [true, false])
    func `an order that did not work says so`(isKnown: Bool) async throws {
        rig.cluster.behave {
            $0.startError = DriverError("connection refused", outcomeIsUnknown: !isKnown)
        }
        try await rig.running {
            let run = try await rig.start()
            #expect(await rig.reaches(.failed, run))
            let outcome = try #require(orders(run, .start).first?.outcome)
            #expect(outcome.result == (isKnown ? .refused : .unknown))
            #expect(outcome.detail == "connection refused")
        }
    }

    @Test func `a stop that does not work is told while it is repeated, and then forgotten`()
        async throws
    {
        try await rig.running {
            let run = try await rig.startRunning()
            rig.cluster.behave { $0.stopError = DriverError("no route to host") }
            _ = try await rig.stop(run)
            #expect(
                await eventually(moving: rig.time) {
                    rig.stored(run)?.problem?.contains("no route to host") == true
                })
            #expect(orders(run, .stop).first?.outcome?.result == .retrying)
            rig.cluster.behave { $0.stopError = nil }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.problem == nil)
            #expect(await eventually { orders(run, .stop).last?.outcome?.result == .done })
        }
    }

    @Test func `a store that hangs holds up no stop`() async throws {
        try await rig.running {
            let run = try await rig.startRunning(duration: 30)
            let deadline = rig.cluster.times(of: .start(run))[0] + .seconds(30)
            rig.store.behave { ($0.holdsSaves, $0.holdsOrders) = (true, true) }
            await rig.pass(.seconds(32))
            #expect(await eventually { rig.has(.stop(run)) })
            #expect(rig.cluster.times(of: .stop(run))[0] <= deadline + .seconds(2))
            rig.store.behave { ($0.holdsSaves, $0.holdsOrders) = (false, false) }
            #expect(await rig.reaches(.finished, run))
        }
    }

    @Test func `a store that hangs behind the start, or as a stop looks, holds up no stop`()
        async throws
    {
        rig.store.behave { $0.holdsOutcomes = true }
        try await rig.running {
            let run = try await rig.startRunning(duration: 30)
            rig.store.behave {
                ($0.holdsSaves, $0.holdsOrders, $0.holdsAppends) = (true, true, true)
            }
            rig.cluster.behave {
                $0.observations = [.sample(.poll, 1, requests: 1)]
                $0.stopError = DriverError("connection refused")
            }
            #expect(await eventually(moving: rig.time) { rig.count(.stop(run)) >= 3 })
            rig.cluster.behave { $0.stopError = nil }
            rig.store.behave {
                ($0.holdsSaves, $0.holdsOrders) = (false, false)
                ($0.holdsAppends, $0.holdsOutcomes) = (false, false)
            }
            #expect(await rig.reaches(.finished, run))
            #expect(try await rig.store.totals(of: run).count == 1)
        }
    }

    @Test func `a cluster that is silent for a while is part of the story`() async throws {
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            rig.cluster.behave { $0.lookError = DriverError("connection refused") }
            #expect(
                await eventually(moving: rig.time, by: .seconds(1)) {
                    rig.stored(run)?.problem?.contains("connection refused") == true
                })
            rig.cluster.behave { $0.lookError = nil }
            #expect(
                await eventually(moving: rig.time, by: .seconds(1)) {
                    orders(run, .clusterReachable).count == 1
                })
            #expect(orders(run, .clusterUnreachable).count == 1)
            #expect(rig.stored(run)?.problem == nil)
            #expect(rig.stored(run)?.state == .running)
        }
    }

    @Test func `what the store has missed is stored when it works again, which is told till then`()
        async throws
    {
        try await rig.running {
            let run = try await rig.startRunning()
            rig.store.behave { ($0.savesToFail, $0.ordersToFail) = (.max, .max) }
            await #expect(throws: ControlPlaneError.self) { try await rig.stop(run) }
            #expect(await eventually(moving: rig.time) { rig.has(.stop(run)) })
            #expect(
                await eventually(moving: rig.time) {
                    await rig.orchestrator.storeProblem(of: run)?.contains("cannot be stored")
                        == true
                })
            #expect(rig.stored(run)?.state == .running)
            rig.store.behave { ($0.savesToFail, $0.ordersToFail) = (0, 0) }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.store.savedStates.suffix(2) == [.stopping, .finished])
            #expect(orders(run, .stop).map(\.outcome?.result) == [.done])
            #expect(await eventually { await rig.orchestrator.storeProblem(of: run) == nil })
            #expect(rig.stored(run)?.problem == nil)
        }
    }

    @Test func `a stop that is not confirmed for a while says so`() async throws {
        try await rig.running {
            let run = try await rig.startRunning(duration: 600)
            rig.cluster.behave { $0.hangs = true }
            _ = try await rig.stop(run)
            #expect(
                await eventually(moving: rig.time) {
                    rig.stored(run)?.problem?.contains("not confirmed the stop") == true
                })
            #expect(orders(run, .stop).last?.outcome?.result == .retrying)
            rig.cluster.behave { $0.hangs = false }
            #expect(await rig.reaches(.finished, run))
            #expect(rig.stored(run)?.problem == nil)
        }
    }
}
