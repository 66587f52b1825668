import Testing

@testable import ControlPlane

/// What a cluster has room for, without a store and without a clock.
struct ClusterCapacityTests {
    private let shared = ClusterCapacity.shared(runsMax: 3, usersMax: 100)

    @Test func `a Locust cluster takes one run of any size`() {
        #expect(ClusterCapacity.oneRun.limitReached(by: 1_000_000, beside: []) == nil)
        #expect(ClusterCapacity.oneRun.limitReached(by: 1, beside: [0]) == .oneRun)
    }

    @Test func `a native cluster takes runs up to its number and not one more`() {
        #expect(shared.limitReached(by: 1, beside: [1, 1]) == nil)
        #expect(shared.limitReached(by: 1, beside: [1, 1, 1]) == .runs(max: 3))
    }

    @Test func `users are summed over all runs, to the last and not beyond`() {
        #expect(shared.limitReached(by: 30, beside: [30, 40]) == nil)
        #expect(shared.limitReached(by: 31, beside: [30, 40]) == .users(max: 100, left: 30))
        #expect(shared.limitReached(by: 1, beside: [100]) == .users(max: 100, left: 0))
        #expect(
            shared.limitReached(by: 1, beside: [500]) == .users(max: 100, left: 0),
            "a limit that was lowered meanwhile")
    }

    @Test func `a refusal names the limit and the runs that may be seen`() {
        let (own, other) = (RunID("own"), RunID("other"))
        let full = FullCluster("n", .users(max: 100, left: 7), [own, other])
        #expect(full.description == "cluster n has 7 left of its maxUsers of 100: runs own, other")
        #expect(
            full.showing([own]).description
                == "cluster n has 7 left of its maxUsers of 100: run own "
                + "and runs that are not yours"
        )
        #expect(
            FullCluster("n", .runs(max: 1), [other]).showing([]).description
                == "cluster n has reached its maxConcurrentRuns of 1: runs that are not yours")
        #expect(
            FullCluster("c", .oneRun, [own]).description
                == "cluster c takes one run at a time and is busy: run own")
        #expect(full.showing([own]).runs == [own])
    }

    @Test(arguments: [Cluster.Kind.locust, .native])
    func `a cluster has the capacity of its kind`(kind: Cluster.Kind) {
        let settings = NativeSettings(maxConcurrentRuns: 2, maxUsers: 50)
        let cluster = Cluster(
            id: "c",
            generator: kind == .native ? .native(settings) : .locust(.init(baseURL: "http://h")),
            serves: [])
        #expect(cluster.kind == kind)
        #expect((cluster.native == nil) == (kind == .locust))
        #expect((cluster.locust == nil) == (kind == .native))
        #expect(
            cluster.capacity == (kind == .locust ? .oneRun : .shared(runsMax: 2, usersMax: 50)))
    }
}
