import ControlPlane
import JSON
import Testing

@testable import API

struct LoadTestTests {
    let service: TestService

    init() throws { service = try TestService() }

    @Test func `a load test is created with defaults and read back alike`() async throws {
        let created = try await service.ask("POST", "/v1/load-tests", .loadTest())
        #expect(created.status == 201)
        #expect(created["/defaultUsers"] == 1)
        #expect(created["/defaultSpawnRate"] == 1)
        #expect(created["/defaultDurationSeconds"] == 60)
        #expect(created["/description"] == "")
        #expect(created["/tags"] == [])
        #expect(created["/locustClusterId"] == .null)
        #expect(created["/metadata"] == [:])
        #expect(created["/version"] == 1)
        #expect(created["/createdAt"] == "2027-01-15T08:00:00.000Z")
        let id = try created.id()
        #expect(created.header("Location") == "/v1/load-tests/\(id)")
        #expect(created.header("ETag") == "\"1\"")

        let read = try await service.ask("GET", "/v1/load-tests/\(id)", as: .viewer)
        #expect(read.status == 200)
        #expect(read.json == created.json)
        #expect(read.header("ETag") == "\"1\"")
    }

    @Test func `every field is kept as it was given`() async throws {
        let body: JSONValue = .loadTest([
            "description": "Zażółć 🐝", "tags": ["nightly", "a b"], "locustClusterId": "second",
            "locustfile": "locustfile.py", "scenarioId": "s-1", "userClasses": ["Shopper"],
            "defaultUsers": 5000, "defaultSpawnRate": 0.5, "defaultDurationSeconds": "1m30s",
            "metadata": ["build": 17, "nested": ["list": [1, 2.5, nil, true, "x"]]],
        ])
        let created = try await service.ask("POST", "/v1/load-tests", body)
        #expect(created.status == 201)
        for (name, value) in body.members ?? [:] where name != "defaultDurationSeconds" {
            #expect(created["/\(name)"] == value, "\(name)")
        }
        #expect(created["/defaultDurationSeconds"] == 90)
    }

    @Test func `the actor is the token's name and the claimed one stays beside it`() async throws {
        let id = try await service.define(.loadTest(["createdBy": "somebody"]))
        let read = try await service.ask("GET", "/v1/load-tests/\(id)")
        #expect(read["/createdBy"] == "editor-1")
        #expect(read["/claimedCreatedBy"] == "somebody")
        #expect(read["/updatedBy"] == "editor-1")

        service.time.advance(by: .seconds(60))
        let changed = try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["createdBy": "another", "name": "New"]),
            as: .admin)
        #expect(changed["/createdBy"] == "editor-1")
        #expect(changed["/claimedCreatedBy"] == "somebody")
        #expect(changed["/updatedBy"] == "admin-1")
        #expect(changed["/createdAt"] == "2027-01-15T08:00:00.000Z")
        #expect(changed["/updatedAt"] == "2027-01-15T08:01:00.000Z")
    }

    @Test func `all wrong fields are named at once, by pointer`() async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests",
            [
                "name": "", "tenantId": 7, "targetUrl": "ftp://x", "tags": ["ok", 1, ""],
                "defaultUsers": 0, "defaultSpawnRate": "fast", "defaultDurationSeconds": "soon",
                "metadata": [], "a/b~c": 1,
            ])
        #expect(answer.status == 422)
        #expect(answer.code == "invalidFields")
        #expect(
            answer.pointers == [
                "/a~1b~0c", "/defaultDurationSeconds", "/defaultSpawnRate", "/defaultUsers",
                "/envId", "/metadata", "/name", "/tags/1", "/tags/2", "/targetUrl", "/tenantId",
            ])
    }

    @Test func `a wrong place is named together with fields of a wrong shape`() async throws {
        for (place, pointers) in [
            (["tenantId": "tenant-9"] as JSONValue, ["/name", "/tenantId"]),
            (["envId": "prod"], ["/envId", "/name"]),
            (["locustClusterId": "nowhere"], ["/locustClusterId", "/name"]),
        ] {
            let body = JSONValue.loadTest((place.members ?? [:]).merging(["name": ""]) { $1 })
            let answer = try await service.ask("POST", "/v1/load-tests", body)
            #expect(answer.status == 422)
            #expect(answer.pointers == pointers)
        }
    }

    @Test(arguments: [
        ("tenantId", "tenant-9" as JSONValue), ("envId", "prod"), ("locustClusterId", "shared"),
        ("locustClusterId", "nowhere"), ("defaultUsers", 5001), ("defaultDurationSeconds", "2h1s"),
    ])
    func `what the catalog does not allow is refused by field`(name: String, value: JSONValue)
        async throws
    {
        let answer = try await service.ask("POST", "/v1/load-tests", .loadTest([name: value]))
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/\(name)"])
    }

    @Test func `another tenant's limits show in no answer`() async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["tenantId": "tenant-2", "defaultUsers": 11]))
        let unknown = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["tenantId": "tenant-9", "defaultUsers": 11]))
        #expect(answer.status == 422)
        #expect(answer.problem() == unknown.problem())
    }

    @Test(arguments: FieldLimit.all)
    func `a field is taken at its limit and refused one past it`(limit: FieldLimit) async throws {
        let service = try TestService(catalog: .withoutLimits)
        let taken = try await service.ask(
            "POST", "/v1/load-tests", .loadTest([limit.name: limit.atMost]))
        #expect(taken.status == 201, "\(taken.text)")
        let refused = try await service.ask(
            "POST", "/v1/load-tests", .loadTest([limit.name: limit.past]))
        #expect(refused.status == 422)
        #expect(refused.pointers.allSatisfy { $0.hasPrefix("/\(limit.name)") })
        #expect(!refused.pointers.isEmpty)
    }

    @Test func `a length is counted in code points, as the published schema means it`()
        async throws
    {
        // One character to Swift, and thousands to everybody else.
        let heap = "e" + String(repeating: "\u{301}", count: 200)
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["name": .string(heap)]))
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/name"])
    }

    @Test func `a body of nothing but mistakes gets an answer of bounded size`() async throws {
        var body = JSONValue.loadTest().members ?? [:]
        for number in 0..<5000 { body["unknown-\(number)"] = 1 }
        let answer = try await service.ask("POST", "/v1/load-tests", .object(body))
        #expect(answer.status == 422)
        #expect(answer.pointers.count == FieldError.countMax)

        let long = String(repeating: "k/", count: 50_000)
        let short = try await service.ask("POST", "/v1/load-tests", .loadTest([long: 1]))
        #expect(short.status == 422)
        #expect(short.response.body.count < 10_000)
    }

    @Test(arguments: [
        "shop.example", "http://", "https:///path", "ftp://shop.example", "http://a b",
        "http://shop.example/<x>", "javascript:alert(1)", "http://shop.example/\u{1}",
        "http://shop.example:99999", "http://shop.example:0",
    ])
    func `a target that is no http URL is refused`(url: String) async throws {
        let answer = try await service.ask(
            "POST", "/v1/load-tests", .loadTest(["targetUrl": .string(url)]))
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/targetUrl"])
    }

    @Test func `a replaced definition has the new figures and a new version`() async throws {
        let id = try await service.define(.loadTest(["tags": ["old"], "description": "old"]))
        let answer = try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["name": "New", "tags": ["new"]]),
            headers: ["If-Match": "\"1\""])
        #expect(answer.status == 200)
        #expect(answer["/version"] == 2)
        #expect(answer.header("ETag") == "\"2\"")
        #expect(answer["/description"] == "", "what a PUT leaves out is back at its default")
        #expect(try await service.ask("GET", "/v1/load-tests?tag=old").ids == [])
        #expect(try await service.ask("GET", "/v1/load-tests?tag=new").ids == [id])
    }

    @Test(arguments: ["PUT", "DELETE"])
    func `a change meant for an older version is refused and changes nothing`(method: String)
        async throws
    {
        let id = try await service.define()
        try await service.ask("PUT", "/v1/load-tests/\(id)", .loadTest(["name": "Second"]))
        let body: JSONValue? = method == "PUT" ? .loadTest(["name": "Third"]) : nil
        for condition in ["\"1\"", "W/\"2\"", "2", "\"3\", \"4\""] {
            let answer = try await service.ask(
                method, "/v1/load-tests/\(id)", body, headers: ["If-Match": condition])
            #expect(answer.status == 412)
            #expect(answer.code == "versionConflict")
        }
        let read = try await service.ask("GET", "/v1/load-tests/\(id)")
        #expect(read["/name"] == "Second")
        let taken = try await service.ask(
            method, "/v1/load-tests/\(id)", body,
            headers: [("If-Match", "\"9\""), ("If-Match", "\"2\"")])
        #expect(taken.status == (method == "PUT" ? 200 : 204))
    }

    @Test func `a load test stays with its tenant`() async throws {
        let id = try await service.define()
        let answer = try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["tenantId": "tenant-2"]), as: .administrator)
        #expect(answer.status == 422)
        #expect(answer.pointers == ["/tenantId"])
    }

    @Test func `of changes at the same time one wins and the others are told`() async throws {
        let service = service
        let id = try await service.define()
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for number in 0..<8 {
                group.addTask {
                    try await service.ask(
                        "PUT", "/v1/load-tests/\(id)", .loadTest(["name": .string("\(number)")]),
                        headers: ["If-Match": "\"1\""]
                    ).status
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.sorted() == [200] + [Int](repeating: 412, count: 7))
    }

    @Test func `a load test with live runs is not deleted, and they are named`() async throws {
        let id = try await service.define()
        let run = try await service.ask("POST", "/v1/load-tests/\(id)/runs").id()
        let refused = try await service.ask("DELETE", "/v1/load-tests/\(id)")
        #expect(refused.status == 409)
        #expect(refused.code == "loadTestInUse")
        #expect(refused["/runIds"] == [.string(run)])

        try await service.end(run)
        #expect(try await service.ask("DELETE", "/v1/load-tests/\(id)").status == 204)
        #expect(try await service.ask("GET", "/v1/load-tests/\(id)").status == 404)
        #expect(try await service.ask("DELETE", "/v1/load-tests/\(id)").status == 404)
        #expect(try await service.ask("POST", "/v1/load-tests/\(id)/runs").status == 404)
    }

    @Test func `past runs outlive their definition as it was`() async throws {
        let id = try await service.define(.loadTest(["name": "First", "defaultUsers": 3]))
        let run = try await service.ask("POST", "/v1/load-tests/\(id)/runs").id()
        try await service.ask("PUT", "/v1/load-tests/\(id)", .loadTest(["name": "Second"]))
        try await service.end(run)
        try await service.ask("DELETE", "/v1/load-tests/\(id)")

        let read = try await service.ask("GET", "/v1/runs/\(run)")
        #expect(read["/definition/name"] == "First")
        #expect(read["/name"] == "First")
        #expect(read["/targetUsers"] == 3)
        #expect(read["/loadTestId"] == .string(id))
        #expect(try await service.ask("GET", "/v1/load-tests/\(id)/runs").ids == [run])
        #expect(try await service.ask("GET", "/v1/runs?loadTestId=\(id)").ids == [run])
    }
}

/// A field with the largest value that is taken and the next one.
struct FieldLimit: Sendable, CustomTestStringConvertible {
    let name: String
    let atMost: JSONValue
    let past: JSONValue

    var testDescription: String { name }

    static let all: [FieldLimit] = [
        text("name", 200), text("description", 4000), text("locustfile", 500),
        text("scenarioId", 200), text("createdBy", 200),
        .init(name: "tags", atMost: list(20, of: 100), past: list(21, of: 100)),
        .init(name: "tags", atMost: list(1, of: 100), past: list(1, of: 101)),
        .init(name: "userClasses", atMost: list(50, of: 200), past: list(51, of: 200)),
        .init(name: "defaultUsers", atMost: 1_000_000, past: 1_000_001),
        .init(name: "defaultUsers", atMost: 1e6, past: 1.5),
        .init(name: "defaultUsers", atMost: 1, past: 9_223_372_036_854_775_807),
        .init(name: "defaultSpawnRate", atMost: 100_000, past: 100_000.5),
        .init(name: "defaultSpawnRate", atMost: 0.001, past: 0.0001),
        .init(name: "defaultDurationSeconds", atMost: 604_800, past: 604_801),
        .init(name: "defaultDurationSeconds", atMost: "7d", past: "7d1s"),
        .init(name: "defaultDurationSeconds", atMost: 1, past: 0.999),
        .init(
            name: "targetUrl",
            atMost: .string("http://h/" + String(repeating: "a", count: 1991)),
            past: .string("http://h/" + String(repeating: "a", count: 1992))),
        .init(name: "metadata", atMost: nest(16), past: nest(17)),
        .init(name: "metadata", atMost: ["k": nil], past: nest(60)),
        .init(
            name: "metadata", atMost: ["k": .string(String(repeating: "x", count: 16_376))],
            past: ["k": .string(String(repeating: "x", count: 16_377))]),
    ]

    private static func text(_ name: String, _ count: Int) -> FieldLimit {
        .init(
            name: name, atMost: .string(String(repeating: "ä", count: count)),
            past: .string(String(repeating: "ä", count: count + 1)))
    }

    /// Objects and arrays in one another.
    private static func nest(_ depth: Int) -> JSONValue {
        (1..<depth).reduce([:]) { inner, level in
            level.isMultiple(of: 2) || level == depth - 1 ? ["k": inner] : [inner]
        }
    }

    private static func list(_ count: Int, of length: Int) -> JSONValue {
        .array((0..<count).map { _ in .string(String(repeating: "t", count: length)) })
    }
}

extension Catalog {
    static let withoutLimits = Catalog(
        tenants: [
            Tenant(
                id: "tenant-1", name: "Checkout", environments: ["dev"], limits: [:])
        ],
        clusters: [.locust("first", ("tenant-1", "dev"))])
}
