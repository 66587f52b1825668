import JSON
import Locust
import Synchronization
import TestSupport
import Testing

@testable import swarmkeeper

/// How a definition gets to the service, and a run of it started.
struct JobStartTests {
    private static let start = "POST /v1/load-tests/lt-1/runs"
    private static let list = "GET /v1/load-tests?limit=100&q=Checkout&tenantId=shop&envId=dev"

    private static func stored(_ version: Int64 = 4, users: Int64 = 5) -> JSONValue {
        .object([
            "id": .string("lt-1"), "name": .string("Checkout"), "version": .int(version),
            "tenantId": .string("shop"), "envId": .string("dev"), "defaultUsers": .int(users),
            "baseline": .object([
                "kind": .string("pinned"), "runId": .string("r"), "runs": .null,
                "labels": .object([:]), "sameLabels": .array([]), "passesIfMissing": .bool(false),
            ]),
        ])
    }

    private static func page(_ items: JSONValue...) -> FakeService.Reply {
        .answer(200, .object(["items": .array(items), "nextCursor": .null]))
    }

    private func file(_ scene: JobScene) throws -> [String] {
        let path = scene.folder.path("t.yaml")
        try "name: Checkout\ntenantId: shop\nenvId: dev\ndefaultUsers: 5\n".write(
            toFile: path, atomically: true, encoding: .utf8)
        return ["--file", path]
    }

    /// - Parameter replies: by the line that asks, the last one again and again.
    private func service(_ replies: [String: [FakeService.Reply]]) -> FakeService {
        FakeService(runs: [JobSample.run(verdict: "passed")]) { asked, count in
            replies[asked.line].map { $0[min(count, $0.count - 1)] }
        }
    }

    @Test func `a definition that is stored as it is needs no right to change it`() async throws {
        let scene = try JobScene()
        let service = service([Self.list: [Self.page(Self.stored())]])
        #expect(try await scene.run(try file(scene), service) == 0)
        #expect(!service.lines.contains { $0.hasPrefix("PUT") || $0 == "POST /v1/load-tests" })
        let start = service.asked.first { $0.line == Self.start }
        #expect(start?.headers["If-Match"] == "\"4\"")
        #expect(scene.log.contains("load test Checkout (lt-1), version 4, unchanged\n"))
    }

    @Test func `one that differs is replaced by its version, also when others do so too`()
        async throws
    {
        let scene = try JobScene()
        let put = "PUT /v1/load-tests/lt-1"
        let service = service([
            Self.list: [Self.page(Self.stored(users: 9)), Self.page(Self.stored(5, users: 8))],
            put: [FakeService.problem(412, "versionConflict"), .answer(200, Self.stored(6))],
        ])
        #expect(try await scene.run(try file(scene), service) == 0)
        let puts = service.asked.filter { $0.line == put }
        #expect(puts.map { $0.headers["If-Match"] } == ["\"4\"", "\"5\""])
        #expect(puts[0].body["defaultUsers"] == .int(5))
        #expect(puts[0].body["baseline"]?["kind"] == .string("pinned"), "as people have set it")
        #expect(service.asked.first { $0.line == Self.start }?.headers["If-Match"] == "\"6\"")
        #expect(scene.log.contains("version 6, updated"))
    }

    @Test func `what is started is what the file says, or nothing`() async throws {
        let scene = try JobScene()
        let service = service([
            Self.list: [Self.page(Self.stored()), Self.page(Self.stored(7))],
            Self.start: [
                FakeService.problem(412, "versionConflict"),
                .answer(202, JobSample.run(state: "Pending", endReason: nil)),
            ],
        ])
        #expect(try await scene.run(try file(scene), service) == 0)
        let starts = service.asked.filter { $0.line == Self.start }
        #expect(starts.map { $0.headers["If-Match"] } == ["\"4\"", "\"7\""])
        #expect(Set(starts.map { $0.headers["Idempotency-Key"] }).count == 1)
    }

    @Test func `two pipelines that create one definition create one`() async throws {
        func keys(_ create: FakeService.Reply) async throws -> [String?] {
            let scene = try JobScene()
            let service = service([
                Self.list: [Self.page(), Self.page()],
                "POST /v1/load-tests": [create, .answer(201, Self.stored(1))],
            ])
            #expect(try await scene.run(try file(scene), service) == 0)
            return service.asked.filter { $0.line == "POST /v1/load-tests" }.map {
                $0.headers["Idempotency-Key"]
            }
        }
        let first = try await keys(.answer(201, Self.stored(1)))
        let second = try await keys(FakeService.problem(410, "idempotencyObjectGone"))
        #expect(first.count == 1 && second.count == 2)
        // The same for all, and another one where that is used up.
        #expect(first[0] == second[0] && second[0] != second[1])
    }

    @Test func `a wrong definition is told at its places, and a wrong flag at the flag`()
        async throws
    {
        let scene = try JobScene()
        let wrong = service([
            Self.list: [Self.page()],
            "POST /v1/load-tests": [
                FakeService.problem(
                    422, "invalidFields",
                    errors: [("/targetUrl", "is required"), ("/defaultUsers", "is too much")])
            ],
        ])
        #expect(try await scene.run(try file(scene), wrong) == 104)
        #expect(scene.log.contains("t.yaml:1:1: /targetUrl is required\n"))
        #expect(scene.log.contains("t.yaml:4:15: /defaultUsers is too much\n"))
        let flag = service([
            Self.start: [
                FakeService.problem(422, "invalidFields", errors: [("/targetUsers", "too many")])
            ]
        ])
        #expect(try await scene.run(["--test", "lt-1", "--users", "9"], flag) == 104)
        #expect(scene.log.contains("--users: too many\n"))
    }

    @Test(arguments: [
        (401, "unauthorized", 104), (403, "forbidden", 104), (404, "notFound", 104),
        (422, "noCluster", 104), (409, "idempotencyKeyReused", 104), (409, "clusterBusy", 97),
        (409, "limitReached", 97), (409, "frozen", 97), (409, "emergencyStop", 97),
        (410, "idempotencyObjectGone", 97),
    ])
    func `a start that is refused has a code by whose mistake it is`(
        status: Int, problem: String, code: Int32
    ) async throws {
        let scene = try JobScene()
        let service = service([Self.start: [FakeService.problem(status, problem)]])
        #expect(try await scene.run(["--test", "lt-1"], service) == code)
        #expect(service.lines.count { $0 == Self.start } == 1)
        #expect(scene.log.contains("detail of \(problem)"))
        #expect(
            scene.log.contains("--queue") == (problem == "clusterBusy" || problem == "limitReached")
        )
    }

    @Test func `a load test is found by its name, and one of several is asked for`() async throws {
        let scene = try JobScene()
        let list = "GET /v1/load-tests?limit=100&q=Checkout"
        let other: JSONValue = .object([
            "id": .string("lt-2"), "name": .string("Checkout 2"), "version": .int(1),
        ])
        let one = service([list: [Self.page(other, Self.stored())]])
        #expect(try await scene.run(["--test", "Checkout"], one) == 0)
        let none = service([list: [Self.page(other)]])
        #expect(try await scene.run(["--test", "Checkout"], none) == 104)
        let two = service([list: [Self.page(Self.stored(), Self.stored())]])
        #expect(try await scene.run(["--test", "Checkout"], two) == 104)
        #expect(scene.log.contains("lt-1  in shop/dev"))
        // An id may be one that leads elsewhere.
        let path = service([:])
        #expect(try await scene.run(["--test", "../runs?x"], path) == 104)
        #expect(path.lines.first == "GET /v1/load-tests/%2E%2E%2Fruns%3Fx")
    }

    @Test func `a signal before the start starts nothing`() async throws {
        let scene = try JobScene()
        let down = FakeService { _, _ in .error(.unreachable("refused")) }
        let isSent = Atomic(false)
        let code = try await scene.run(["--test", "lt-1", "--patience", "1h"], down) { scene in
            guard !down.asked.isEmpty, !isSent.exchange(true, ordering: .relaxed) else { return }
            scene.signal()
        }
        #expect(code == 105)
        #expect(scene.log.contains("before anything was started"))
        #expect(!down.lines.contains(Self.start))
    }

    @Test func `a service that cannot be reached before the start has not begun anything`()
        async throws
    {
        for error in [TransportError.unreachable("refused"), .lost("reset")] {
            let scene = try JobScene()
            let down = FakeService { _, _ in .error(error) }
            #expect(try await scene.run(["--test", "lt-1", "--patience", "20s"], down) == 97)
            #expect(scene.log.contains("; nothing was started\n"))
        }
    }

    @Test(
        arguments: [
            (FakeService.problem(429, "tooManyIdempotencyKeys"), 97),
            (FakeService.problem(503, "startingUp"), 97), (.error(.unreachable("refused")), 97),
            (.error(.lost("reset")), 98), (.silence, 98),
            // From a proxy, or with a fault, behind which a run may have been started.
            (.answer(503, .null), 98), (.answer(504, .null), 98),
            (FakeService.problem(503, "storeUnavailable"), 98),
            (FakeService.problem(409, "idempotencyKeyInUse"), 98),
        ] as [(FakeService.Reply, Int32)])
    func `contact is lost only where it is not known whether a run was started`(
        reply: FakeService.Reply, code: Int32
    ) async throws {
        let scene = try JobScene()
        let refusing = service([Self.start: [reply]])
        let words = ["--test", "lt-1", "--patience", "20s"]
        #expect(try await scene.run(words, refusing) == code)
        // One try of many that may have arrived is enough not to know.
        let mixed = service([Self.start: [.error(.lost("reset")), reply]])
        #expect(try await JobScene().run(words, mixed) == 98)
    }
}
