import ControlPlane
import JSON
import Testing

@testable import API

struct CatalogTests {
    @Test(
        arguments: [
            ("http://user:pass@h:8089/x", "http://***@h:8089/x", "pass"),
            ("http://token@h", "http://***@h", "token"), ("http://u:p:q@h", "http://***@h", "p:q"),
            ("http://u:p@ss@h/a@b", "http://***@h/a@b", "p@ss"),
            ("http://h/a@b", "http://h/a@b", nil),
            ("http://h?x=a@b", "http://h?x=a@b", nil), ("http://h:80", "http://h:80", nil),
            ("http://u:@h", "http://***@h", "u"), ("", "", nil), ("nonsense@", "nonsense@", nil),
        ] as [(String, String, String?)])
    func `a URL is shown without its password`(url: String, shown: String, secret: String?) {
        #expect(ShownURL.text(url) == shown)
        #expect(ShownURL.secret(in: url) == secret)
    }

    @Test func `clusters are listed with what they tell and without their secrets`() async throws {
        let cluster = Cluster(
            id: "c",
            generator: .locust(
                .init(
                    baseURL: "http://user:pass-word@master.example:8089",
                    authToken: "master-token")),
            serves: [EnvironmentKey(tenantID: "tenant-1", envID: "dev")])
        let service = try TestService(
            catalog: Catalog(tenants: Catalog.withoutLimits.tenants, clusters: [cluster]))
        let run = try await service.startRun()
        let answer = try await service.ask("GET", "/v1/clusters?fresh=true", as: .viewer)
        let now = JSONValue.string(Timestamp.format(service.time.now))
        #expect(
            answer["/items/0"] == [
                "id": "c", "type": "locust", "baseUrl": "http://***@master.example:8089",
                "serves": [["tenantId": "tenant-1", "envId": "dev"]], "reachable": true,
                "reachableSince": now, "unreachableSince": nil, "lastSeenAt": now,
                "lastError": nil, "workersMissing": nil, "foreignLoad": nil,
                "problem": nil, "version": "2.47.0", "state": "ready", "workers": 2, "users": 0,
                "currentRunId": .string(run), "runIds": [.string(run)], "maxConcurrentRuns": 1,
                "maxUsers": nil,
            ])
        #expect(!answer.text.contains("pass-word") && !answer.text.contains("master-token"))
    }

    @Test func `a cluster that does not answer says why`() async throws {
        let service = try TestService()
        service.cluster.behave { $0.lookError = DriverError("connection refused") }
        let answer = try await service.ask("GET", "/v1/clusters?fresh=true", as: .viewer)
        let now = JSONValue.string(Timestamp.format(service.time.now))
        #expect(answer["/items/0/reachable"] == false)
        #expect(answer["/items/0/unreachableSince"] == now)
        #expect(answer["/items/0/lastError"] == ["at": now, "message": "connection refused"])
        #expect(answer["/items/0/problem"] == "connection refused")
        #expect(answer["/items/0/state"] == .null)
    }

    @Test func `tenants and environments show what may be used`() async throws {
        let service = try TestService()
        let tenants = try await service.ask("GET", "/v1/tenants", as: .viewer)
        #expect(tenants["/items"]?.items?.count == 1)
        #expect(tenants["/items/0/id"] == "tenant-1")
        #expect(tenants["/items/0/name"] == "Checkout")
        #expect(tenants["/items/0/environments"] == ["dev", "staging"])
        #expect(tenants["/items/0/limits/maxUsers"] == 5000)
        let environments = try await service.ask("GET", "/v1/environments", as: .viewer)
        let items = environments["/items"]?.items ?? []
        #expect(items.map { $0["tenantId"] } == ["tenant-1", "tenant-1"])
        #expect(items.map { $0["envId"] } == ["dev", "staging"])
        #expect(items.map { $0["clusterIds"] } == [["first", "second"], ["shared"]])
    }

    @Test func `the service tells that it lives and that its store answers`() async throws {
        let service = try TestService()
        for path in ["/health", "/ready"] {
            #expect(try await service.ask("GET", path, as: nil)["/status"] == "ok")
        }
    }
}
