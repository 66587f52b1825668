import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

struct CallbackTests {
    let service: TestService
    let run: String

    init() async throws {
        service = try TestService()
        run = try await service.startRun()
        let id = run
        let service = service
        await service.untilOrdered(id)
    }

    private func post(
        _ body: JSONValue, to name: String = "metrics", as caller: Caller = .callback
    ) async throws -> Answer {
        try await service.ask("POST", "/v1/callbacks/\(name)", body, as: caller)
    }

    @Test func `the first message shows that load is on and is told the lease`() async throws {
        let answer = try await post(.callback(run, sequence: 1), to: "test-start")
        #expect(answer.status == 200)
        #expect(
            answer.json == [
                "runId": .string(run), "leaseSeconds": 60, "stop": false, "duplicate": false,
            ])
        #expect(try await service.state(of: run) == "Running")
    }

    @Test func `a repeated or late message is told so and changes nothing`() async throws {
        let body: JSONValue = .callback(
            run, sequence: 2,
            ["totals": ["requests": 5, "failures": 1, "histogram": ["12.5": 5]]])
        #expect(try await post(body)["/duplicate"] == false)
        let before = try await service.contents()
        #expect(try await post(body)["/duplicate"] == true)
        let late = try await post(
            .callback(
                run, sequence: 1, ["totals": ["requests": 99, "failures": 0, "histogram": [:]]]))
        #expect(late["/duplicate"] == true)
        #expect(try await service.contents() == before)
        let other = try await post(.callback(run, sequence: 1, ["epoch": "process-2"]))
        #expect(other["/duplicate"] == false)
    }

    @Test func `a hook is told to stop while its run stops`() async throws {
        try await service.begin(run)
        try await service.ask("POST", "/v1/runs/\(run)/stop")
        let answer = try await post(.callback(run, sequence: 2))
        #expect(answer.status == 200)
        #expect(answer["/stop"] == true)
    }

    @Test func `a message for a run that is over is refused and changes nothing`() async throws {
        try await service.begin(run)
        try await service.end(run)
        let before = try await service.contents()
        for name in ["test-start", "metrics", "test-stop"] {
            let answer = try await post(
                .callback(run, sequence: 9, ["users": 500]), to: name)
            #expect(answer.status == 409)
            #expect(answer.code == "runIsOver")
        }
        #expect(try await service.contents() == before)
    }

    @Test(
        arguments: [
            ["runId": "nothing"], ["tenantId": "tenant-2"], ["envId": "staging"],
            ["tenantId": "tenant-2", "envId": "dev"],
        ] as [[String: JSONValue?]])
    func `a message for an unknown or another tenant's run is refused`(
        changes: [String: JSONValue?]
    ) async throws {
        let before = try await service.contents()
        for name in ["test-start", "metrics", "test-stop"] {
            let answer = try await post(.callback(run, sequence: 9, changes), to: name)
            #expect(answer.status == 404)
            #expect(answer.code == "notFound")
        }
        #expect(try await service.contents() == before)
    }

    @Test func `what a message names of its run is taken`() async throws {
        let answer = try await post(
            .callback(
                run, sequence: 1,
                ["tenantId": "tenant-1", "envId": "dev", "state": "running", "reason": nil]))
        #expect(answer.status == 200)
    }

    @Test func `all that is wrong with a message is told by pointer`() async throws {
        let answer = try await post(
            [
                "runId": .string(run), "epoch": "", "sequence": 0, "sentAt": "noon",
                "elapsedSeconds": -1, "users": 1.5, "totals": ["requests": 1, "histogram": [1]],
                "endpoints": [
                    ["method": "GET", "name": "/", "requests": 1, "failures": 0, "histogram": [:]],
                    ["name": 1, "requests": -1, "failures": 0, "histogram": ["5": "x"]],
                ], "errors": [7], "reason": "boredom", "extra": 1,
            ])
        #expect(answer.status == 422)
        #expect(
            answer.pointers == [
                "/elapsedSeconds", "/endpoints/1/histogram/5", "/endpoints/1/method",
                "/endpoints/1/name", "/endpoints/1/requests", "/epoch", "/errors/0", "/extra",
                "/reason", "/sentAt", "/sequence", "/totals/failures", "/totals/histogram",
                "/users",
            ])
    }

    @Test func `figures that cannot be are refused by pointer, in order`() async throws {
        let answer = try await post(
            .callback(
                run, sequence: 1,
                [
                    "totals": [
                        "requests": 1, "failures": 2,
                        "histogram": ["abc": 1, "-1": 1, "nan": 1, "1e13": 1, "a/b": 1, "5": 1],
                    ]
                ]))
        #expect(answer.status == 422)
        let pointers = (answer["/errors"]?.items ?? []).compactMap { $0["pointer"]?.text }
        #expect(
            pointers == [
                "/totals/failures", "/totals/histogram/-1", "/totals/histogram/1e13",
                "/totals/histogram/a~1b", "/totals/histogram/abc", "/totals/histogram/nan",
            ])
        #expect(try await service.state(of: run) == "Starting")
    }

    @Test(arguments: [
        FieldLimit(name: "sequence", atMost: 2_147_483_647, past: 2_147_483_648),
        .init(name: "elapsedSeconds", atMost: 6_048_000, past: 6_048_001),
        .init(name: "users", atMost: 9_007_199_254_740_992, past: 9_007_199_254_740_993),
        .init(name: "users", atMost: 0, past: 9_223_372_036_854_775_808.0),
        .init(
            name: "epoch", atMost: .string(String(repeating: "e", count: 100)),
            past: .string(String(repeating: "e", count: 101))),
        .init(name: "endpoints", atMost: rows(500), past: rows(501)),
        .init(name: "errors", atMost: errors(500), past: errors(501)),
        .init(name: "totals", atMost: totals(keys: 5000), past: totals(keys: 5001)),
        .init(
            name: "totals", atMost: totals(requests: 9_007_199_254_740_992),
            past: totals(requests: 9_007_199_254_740_993)),
    ])
    func `a field is taken at its limit and refused one past it`(limit: FieldLimit) async throws {
        let refused = try await post(.callback(run, sequence: 1, [limit.name: limit.past]))
        #expect(refused.status == 422)
        #expect(refused.pointers.allSatisfy { $0.hasPrefix("/\(limit.name)") })
        let taken = try await post(.callback(run, sequence: 1, [limit.name: limit.atMost]))
        #expect(taken.status == 200)
        // What was taken can be read again, also at the far end of what numbers can be.
        for path in ["", "/summary", "/metrics"] {
            #expect(try await service.ask("GET", "/v1/runs/\(run)\(path)").status == 200)
        }
    }

    @Test func `a full message of 500 endpoints with 200 times each is small enough`() {
        let histogram = JSONValue.object(
            Dictionary(uniqueKeysWithValues: (0..<200).map { ("\($0 * 10)", .int($0)) }))
        let row: JSONValue = [
            "method": "GET", "name": .string(String(repeating: "n", count: 200)),
            "requests": 19_900, "failures": 0, "histogram": histogram,
        ]
        let bytes = row.encodedBytes.count * Schemas.callbackRowsMax
        #expect(bytes < CallbackHandlers.bodyBytesMax)
    }

    @Test func `only the callback token reports, and it can do nothing else`() async throws {
        for caller in Caller.all where caller.principal.role != .callback {
            let answer = try await post(.callback(run, sequence: 1), as: caller)
            #expect(answer.status == 403)
        }
        for path in ["/v1/runs", "/v1/load-tests", "/v1/runs/\(run)", "/v1/clusters"] {
            #expect(try await service.ask("GET", path, as: .callback).status == 403)
        }
    }
}

private func rows(_ count: Int) -> JSONValue {
    .array(
        (0..<count).map {
            [
                "method": "GET", "name": .string("/\($0)"), "requests": 1, "failures": 0,
                "histogram": [:],
            ]
        })
}

private func errors(_ count: Int) -> JSONValue {
    .array(
        (0..<count).map {
            ["method": "GET", "name": .string("/\($0)"), "message": "no", "occurrences": 1]
        })
}

private func totals(requests: JSONValue = 1, keys: Int = 1) -> JSONValue {
    let pairs = (0..<keys).map { ("\($0)", JSONValue.int(1)) }
    return [
        "requests": requests, "failures": 0, "avgResponseMs": 1e12,
        "histogram": .object(Dictionary(uniqueKeysWithValues: pairs)),
    ]
}
