import JSON
import Testing

@testable import ControlPlane

/// Which clusters are tried for a definition, and in which order.
struct ClusterChoiceTests {
    private static let key = EnvironmentKey(tenantID: "tenant-1", envID: "dev")

    private let catalog = Catalog(
        tenants: [],
        clusters: [
            native("n1", users: 50), locust("l1"), native("n2", users: 100), locust("l2"),
        ])

    private static func locust(_ id: String) -> Cluster {
        Cluster(id: id, generator: .locust(.init(baseURL: "http://\(id)")), serves: [key])
    }

    private static func native(_ id: String, users: Int) -> Cluster {
        Cluster(id: id, generator: .native(.init(maxUsers: users)), serves: [key])
    }

    private func spec(_ change: (inout LoadTestSpec) -> Void = { _ in }) -> LoadTestSpec {
        var spec = LoadTestSpec.sample()
        change(&spec)
        return spec
    }

    private func ids(for spec: LoadTestSpec, users: Int = 10) throws -> [String] {
        try catalog.candidates(for: spec, users: users).map(\.id)
    }

    @Test func `who describes no load takes any cluster, in the order of the configuration`()
        throws
    {
        #expect(try ids(for: spec()) == ["n1", "l1", "n2", "l2"])
    }

    @Test func `a scenario or a list of targets runs on native clusters`() throws {
        #expect(try ids(for: spec { $0.scenario = .object([:]) }) == ["n1", "n2"])
        #expect(try ids(for: spec { $0.targetsBase64 = "R0VUIC8K" }) == ["n1", "n2"])
    }

    @Test func `a locustfile or user classes run on Locust clusters`() throws {
        #expect(try ids(for: spec { $0.locustfile = "l.py" }) == ["l1", "l2"])
        #expect(try ids(for: spec { $0.userClasses = ["A"] }) == ["l1", "l2"])
    }

    @Test func `who describes the load for both kinds takes either`() throws {
        let both = spec { ($0.scenario, $0.locustfile) = (.object([:]), "l.py") }
        #expect(try ids(for: both) == ["n1", "l1", "n2", "l2"])
    }

    @Test func `a cluster that is named is the only one, whatever its kind`() throws {
        let named = spec { ($0.scenario, $0.locustClusterId) = (.object([:]), "l2") }
        #expect(try ids(for: named) == ["l2"])
        let unknown = spec { $0.locustClusterId = "n9" }
        #expect(throws: ControlPlaneError.noCluster(Self.key)) { try ids(for: unknown) }
    }

    @Test func `a cluster that never has as many users is not tried`() throws {
        let native = spec { $0.scenario = .object([:]) }
        #expect(try ids(for: native, users: 50) == ["n1", "n2"])
        #expect(try ids(for: native, users: 51) == ["n2"])
        #expect(try ids(for: native, users: 100) == ["n2"])
        #expect(throws: ControlPlaneError.tooManyUsers(max: 100)) {
            try ids(for: native, users: 101)
        }
        #expect(try ids(for: spec(), users: 101) == ["l1", "l2"], "Locust sets no limit")
    }

    @Test func `an environment without a cluster of the kind is told`() {
        let only = Catalog(tenants: [], clusters: [Self.locust("l1")])
        let refusal = #expect(throws: ControlPlaneError.self) {
            try only.candidates(for: spec { $0.scenario = .object([:]) }, users: 1)
        }
        #expect(refusal == .noClusterOfKind(.native, Self.key))
        #expect(refusal?.description.hasPrefix("no native cluster serves environment dev") == true)
    }
}
