import Testing

@testable import ControlPlane

struct ScopeTests {
    private static func key(_ tenant: String, _ environment: String) -> EnvironmentKey {
        EnvironmentKey(tenantID: tenant, envID: environment)
    }

    @Test func `a caller sees its own environments and nothing else`() {
        let scopes: [(Scope, sees: Set<EnvironmentKey>)] = [
            (.everything, [Self.key("a", "x"), Self.key("a", "y"), Self.key("b", "x")]),
            (.tenant("a"), [Self.key("a", "x"), Self.key("a", "y")]),
            (Scope(tenant: "a", environments: ["y"]), [Self.key("a", "y")]),
            (Scope(tenant: "a", environments: []), []),
        ]
        for (scope, visible) in scopes {
            for key in [Self.key("a", "x"), Self.key("a", "y"), Self.key("b", "x")] {
                #expect(scope.covers(key) == visible.contains(key), "\(scope) \(key)")
            }
        }
    }

    @Test func `a scope is within another when it sees no more`() {
        let (x, xy) = (
            Scope(tenant: "a", environments: ["x"]), Scope(tenant: "a", environments: ["y", "x"])
        )
        let order: [Scope] = [x, xy, .tenant("a"), .everything]
        for (place, smaller) in order.enumerated() {
            for (other, larger) in order.enumerated() {
                #expect(larger.covers(smaller) == (place <= other), "\(larger) \(smaller)")
            }
        }
        #expect(!Scope.tenant("b").covers(x))
        #expect(!Scope(tenant: "b", environments: ["x"]).covers(x))
        #expect(!x.covers(Scope(tenant: "a", environments: ["y"])))
        #expect(xy == Scope(tenant: "a", environments: ["x", "y", "x"]))
    }

    @Test func `nobody grants more than they have`() {
        let order: [Role] = [.viewer, .operator, .editor, .admin]
        for (place, own) in order.enumerated() {
            let caller = Principal(name: "", role: own, scope: .tenant("a"))
            for (other, role) in order.enumerated() {
                #expect(caller.mayGrant(role) == (other <= place))
            }
            #expect(!caller.mayGrant(.callback))
        }
        #expect(!Principal(name: "", role: .callback, scope: .everything).mayGrant(.viewer))
    }

    @Test func `callers of the same name are told apart`() {
        let callers = [
            Principal(name: "ci", role: .viewer, scope: .everything),
            Principal(name: "ci", role: .viewer, scope: .tenant("a")),
            Principal(name: "ci", role: .viewer, scope: .tenant("b")),
            Principal(name: "ci", role: .viewer, scope: .tenant("a"), tokenID: TokenID("1")),
            Principal(name: "ci", role: .viewer, scope: .tenant("a"), tokenID: TokenID("2")),
        ]
        #expect(Set(callers.map(\.identity)).count == callers.count)
        // Keys of requests are stored under it, so it is the same in every version.
        #expect(callers[0].identity == "/ci")
        #expect(callers[1].identity == "a/ci")
    }
}
