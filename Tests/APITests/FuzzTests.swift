import ControlPlane
import History
import JSON
import TestSupport
import Testing

@testable import API

/// Bodies that are almost right, for every route that takes one. Whatever comes: no crash, no 500,
/// and a refused request has changed nothing.
struct FuzzTests {
    private static let rounds = 150

    @Test(arguments: [
        "POST /v1/load-tests", "PUT /v1/load-tests/{id}", "POST /v1/load-tests/{id}/runs",
        "POST /v1/tests", "POST /v1/runs/{id}/stop", "POST /v1/runs/{id}/users",
        "POST /v1/callbacks/metrics", "POST /v1/tokens", "POST /v1/users",
        "POST /v1/callbacks/test-start", "POST /v1/callbacks/test-stop",
    ])
    func `a mangled body is refused or taken whole`(name: String) async throws {
        let parts = name.split(separator: " ").map(String.init)
        let service = try TestService()
        let loadTest = try await service.define(.full)
        let run = try await service.startRun(.test(["envId": "staging"]))
        await service.untilOrdered(run)
        let path = parts[1].replacing(
            "{id}", with: parts[1].contains("load-tests") ? loadTest : run)
        var mangler = Mangler(seed: UInt64(name.utf8.count))
        var before = try await Stored(in: service.store)
        for round in 0..<Self.rounds {
            let body = mangler.mangle(Self.body(for: parts[1], run, Int64(round + 1)))
            let answer = try await service.send(
                parts[0], path, body, as: Self.caller(for: parts[1]))
            let after = try await Stored(in: service.store)
            if answer.status >= 400 {
                #expect(after == before, "\(answer.status) has changed something: \(body.shown)")
            }
            before = after
        }
        for path in ["/v1/runs/\(run)/summary", "/v1/runs/\(run)/metrics", "/v1/clusters"] {
            #expect(try await service.ask("GET", path).status == 200)
        }
    }

    private static func caller(for path: String) -> Caller {
        if path.contains("callbacks") { return .callback }
        return path.contains("tokens") || path.hasSuffix("/v1/users") ? .admin : .editor
    }

    private static func body(for path: String, _ run: String, _ sequence: Int64) -> JSONValue {
        if path.contains("callbacks") { return .fullCallback(run, sequence) }
        if path.hasSuffix("/stop") { return [:] }
        if path.hasSuffix("/tokens") {
            return .token("token \(sequence)", ["envIds": ["dev"], "expiresIn": "1h"])
        }
        if path == "/v1/users" { return .user("user\(sequence)", ["envIds": ["dev"]]) }
        if path.hasSuffix("/users") { return ["targetUsers": 20, "spawnRate": 2.5] }
        if path.hasSuffix("/runs") {
            return ["targetUsers": 3, "spawnRate": 1, "durationSeconds": "5m", "metadata": [:]]
        }
        return path == "/v1/tests" ? .test(["tags": ["a"], "metadata": ["k": [1]]]) : .full
    }
}

/// What a request can change, without what a run does by itself meanwhile.
private struct Stored: Equatable {
    let loadTests: [LoadTest]
    let runs: [RunID: Int?]
    let tokens: [APIToken]

    init(in store: HistoryStore) async throws {
        let page = PageRequest(limit: 10_000)
        loadTests = try await store.loadTests(LoadTestQuery(scope: .everything, page: page)).items
        let records = try await store.runs(RunQuery(scope: .everything, page: page)).items
        tokens = try await store.tokens(TokenQuery(scope: .everything, page: page)).items
        runs = Dictionary(
            uniqueKeysWithValues: records.map { ($0.run.id, $0.lastMetrics?.totalRequests) })
    }
}

/// Swaps, drops, repeats and cuts; the same for the same seed.
private struct Mangler {
    private var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func mangle(_ value: JSONValue) -> [UInt8] {
        var changed = value
        for _ in 0..<Int.random(in: 0...3, using: &generator) { changed = change(changed) }
        var bytes = changed.encodedBytes
        guard generator.chance(30), !bytes.isEmpty else { return bytes }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.removeSubrange(place...)
        case 1: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.insert(contentsOf: generator.pick(Self.snippets).utf8, at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 3))
        }
        return bytes
    }

    /// Changes one value somewhere inside.
    private mutating func change(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(var members) where !members.isEmpty && generator.chance(85):
            let key = generator.pick(members.keys.sorted())
            if generator.chance(10) {
                members[key] = nil
            } else if generator.chance(10) {
                members[generator.pick(Self.texts)] = members[key]
            } else {
                members[key] = change(members[key] ?? .null)
            }
            return .object(members)
        case .array(var items) where !items.isEmpty && generator.chance(75):
            let index = Int.random(in: items.indices, using: &generator)
            if generator.chance(20) {
                items += [JSONValue](repeating: items[index], count: 40)
            } else {
                items[index] = change(items[index])
            }
            return .array(items)
        default:
            return generator.pick(Self.values)
        }
    }

    private static let texts = [
        "", " ", "\u{0}", "name", "__proto__", "😀", "\u{202E}abc", "a\r\nb",
        "'; DROP TABLE runs;--",
        "~0/~1", String(repeating: "é", count: 300), "\u{FFFF}", "tenant-2", "staging",
        "http://[::1]:8089/", "1m30s", "999999999d", "-5", "1e3", "٣", "..", "${HOME}",
        "2027-01-15T08:00:00Z", "9999-12-31T23:59:59.999999Z",
    ]

    private static let values: [JSONValue] =
        texts.map { .string($0) } + [
            nil, true, false, 0, -1, 1, 0.5, -0.0, 1e-9, 1e15, 1e18, 1e19, 1e300, -1e300,
            .int(.max),
            .int(.min), 2_147_483_647, 2_147_483_648, [], [:], [[]], [nil], ["": ""],
            ["k": ["k": 1]],
            deep(40), deep(400), .array([JSONValue](repeating: 1, count: 600)),
        ]

    private static let snippets = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "1e999", "null", "/*",
        "\u{0}",
        "\u{FEFF}", "9223372036854775808", "-",
    ]

    private static func deep(_ depth: Int) -> JSONValue {
        (0..<depth).reduce(1) { inner, level in level.isMultiple(of: 2) ? [inner] : ["k": inner] }
    }
}

extension [UInt8] {
    fileprivate var shown: String { String(decoding: prefix(500), as: UTF8.self) }
}

extension JSONValue {
    /// A load test with every field.
    fileprivate static let full = JSONValue.loadTest([
        "description": "d", "tags": ["a", "b"], "locustClusterId": "first", "locustfile": "l.py",
        "scenarioId": "s", "scenario": ["steps": [["url": "/"]]], "userClasses": ["A"],
        "defaultUsers": 2, "defaultSpawnRate": 1.5,
        "defaultDurationSeconds": "1m", "metadata": ["k": ["n": 1]], "createdBy": "me",
    ])

    fileprivate static func fullCallback(_ run: String, _ sequence: Int64) -> JSONValue {
        let sample: JSONValue = [
            "requests": .int(sequence), "failures": 0, "avgResponseMs": 1.5, "minResponseMs": 1,
            "maxResponseMs": 2, "histogram": ["1": 1, "2.5": 3],
        ]
        return .callback(
            run, sequence: sequence,
            [
                "tenantId": "tenant-1", "envId": "staging", "elapsedSeconds": 1.5, "workers": 2,
                "state": "running", "totals": sample,
                "endpoints": [sample.with(["method": "GET", "name": "/"])],
                "errors": [
                    [
                        "method": "GET", "name": "/", "message": "m", "occurrences": 1,
                        "firstSeen": "2027-01-15T08:00:00Z", "lastSeen": nil,
                    ]
                ], "reason": nil,
            ])
    }
}
