import Foundation
import SQLite
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

struct ObservationTests {
    private let home: StoreFolder
    private var store: HistoryStore { home.store }
    private let run = Run.sample("r", .running, started: epoch)
    private let other = Run.sample("other", .running, tenant: "tenant-2", started: epoch)

    init() async throws {
        home = try StoreFolder()
        for run in [run, other] { try await home.store.insert(run, liveRunsMax: nil) }
    }

    private let home1 = Endpoint(method: "GET", name: "/")
    private let cart = Endpoint(method: "POST", name: "/cart")

    @Test func `totals come back in the order of arrival`() async throws {
        let observations: [Observation] = [
            .sample(1, requests: 5, at: 9, responseMs: [1, 2, 300]),
            .sample(1, .poll, requests: 3, at: 4),
            .sample(2, requests: 8, at: 12, isFinal: true),
        ]
        for observation in observations {
            try await store.append(observation, to: run.id, numbers: nil)
        }
        #expect(try await store.totals(of: run.id) == observations)
        #expect(try await store.totals(of: other.id).isEmpty)
    }

    @Test func `a repeated observation is stored once and changes no numbers`() async throws {
        let first = Observation.sample(
            1, requests: 5, endpoints: [.init(endpoint: cart, sample: .sample(requests: 5))],
            errors: [error("boom", 2)], responseMs: [1])
        try await store.append(first, to: run.id, numbers: nil)
        var numbers = RunNumbers()
        numbers.absorb(first)
        try await store.append(first, to: run.id, numbers: numbers.lastMetrics)
        #expect(try await store.run(run.id, in: .everything)?.lastMetrics == nil)
        #expect(try await store.totals(of: run.id).count == 1)
        #expect(try await store.samples(of: run.id, endpoint: cart).count == 1)
        // The same sequence of another source, process or run is another observation.
        try await store.append(.sample(1, .poll, requests: 5), to: run.id, numbers: nil)
        try await store.append(.sample(1, epoch: "f", requests: 5), to: run.id, numbers: nil)
        try await store.append(first, to: other.id, numbers: nil)
        #expect(try await store.totals(of: run.id).count == 3)
        #expect(try await store.totals(of: other.id).count == 1)
    }

    @Test func `samples of an endpoint come in the order of time`() async throws {
        for (sequence, second) in [(1, 30.0), (2, 10), (3, 20), (4, 20)] {
            try await store.append(
                .sample(
                    sequence, requests: sequence, at: second,
                    endpoints: [
                        .init(
                            endpoint: cart,
                            sample: .sample(requests: sequence * 10, responseMs: [5, 6]))
                    ]), to: run.id, numbers: nil)
        }
        let samples = try await store.samples(of: run.id, endpoint: cart)
        #expect(samples.map(\.sample.requests) == [20, 30, 40, 10])
        #expect(samples[0].sample == .sample(requests: 20, responseMs: [5, 6]))
        #expect(samples[0].time == epoch + 10)
        #expect(samples[0].users == 7 && samples[0].workers == 3 && samples[1].workers == nil)
        #expect(
            try await store.samples(of: run.id, endpoint: nil).map(\.sample.requests) == [
                2, 3, 4, 1,
            ])
        #expect(try await store.samples(of: run.id, endpoint: home1).isEmpty)
        #expect(try await store.samples(of: other.id, endpoint: cart).isEmpty)
    }

    @Test func `a damaged histogram costs its sample's percentiles and nothing else`() async throws
    {
        for sequence in 1...2 {
            try await store.append(
                .sample(sequence, requests: sequence, at: Double(sequence), responseMs: [9]),
                to: run.id, numbers: nil)
        }
        try Connection(path: home.path).execute(
            "UPDATE samples SET histogram = x'01ff' WHERE requests = 1")
        let samples = try await store.samples(of: run.id, endpoint: nil)
        #expect(samples.map(\.sample.requests) == [1, 2])
        #expect(samples.map { $0.sample.histogramDelta?.count } == [nil, 1])
    }

    @Test func `an endpoint without a name is not the totals`() async throws {
        let nameless = Endpoint(method: "", name: "")
        try await store.append(
            .sample(
                1, requests: 9, endpoints: [.init(endpoint: nameless, sample: .sample(requests: 1))]
            ),
            to: run.id, numbers: nil)
        #expect(try await store.samples(of: run.id, endpoint: nil).map(\.sample.requests) == [9])
        #expect(
            try await store.samples(of: run.id, endpoint: nameless).map(\.sample.requests) == [1])
        #expect(try await store.endpoints(of: run.id) == [nameless])
    }

    @Test func `endpoints are listed by method and name`() async throws {
        let endpoints = [cart, home1, Endpoint(method: "GET", name: "/%'\"; DROP TABLE runs; --é")]
        for (index, endpoint) in endpoints.enumerated() {
            try await store.append(
                .sample(
                    index + 1, requests: 1,
                    endpoints: [.init(endpoint: endpoint, sample: .sample(requests: 1))]),
                to: run.id, numbers: nil)
        }
        #expect(try await store.endpoints(of: run.id) == [endpoints[1], endpoints[2], cart])
        #expect(try await store.endpoints(of: other.id).isEmpty)
    }

    @Test func `the busiest endpoints come first, and only so many`() async throws {
        for (index, requests) in [3, 9, 9].enumerated() {
            let endpoint = Endpoint(method: "GET", name: "/\(index)")
            for sequence in 1...2 {
                try await store.append(
                    .sample(
                        index * 2 + sequence, requests: 1,
                        endpoints: [
                            .init(
                                endpoint: endpoint, sample: .sample(requests: requests * sequence))
                        ]),
                    to: run.id, numbers: nil)
            }
        }
        let found = try await store.busiestEndpoints(of: run.id, 2)
        #expect(found.map(\.name) == ["/1", "/2"])
        #expect(try await store.busiestEndpoints(of: run.id, 9).count == 3)
        #expect(try await store.busiestEndpoints(of: other.id, 9).isEmpty)
    }

    private func error(_ message: String, _ count: Int, first: Date? = nil, last: Date? = nil)
        -> ErrorSample
    {
        ErrorSample(
            endpoint: cart, message: message, occurrences: count, firstSeen: first, lastSeen: last)
    }

    @Test func `errors are counted as last told, never twice over both sources`() async throws {
        try await store.append(
            .sample(1, .poll, requests: 1, errors: [error("a", 5), error("b", 1)]), to: run.id,
            numbers: nil)
        #expect(try await store.errors(of: run.id).map(\.occurrences) == [5, 1])
        try await store.append(
            .sample(1, requests: 1, errors: [error("a", 4, first: epoch, last: epoch)]),
            to: run.id, numbers: nil)
        try await store.append(
            .sample(2, requests: 1, errors: [error("a", 6, first: epoch + 5, last: epoch + 9)]),
            to: run.id, numbers: nil)
        // A late, older count does not lower it.
        try await store.append(
            .sample(3, requests: 1, errors: [error("a", 3)]), to: run.id, numbers: nil)
        #expect(
            try await store.errors(of: run.id)
                == [error("a", 6, first: epoch, last: epoch + 9)])
        #expect(try await store.errors(of: other.id).isEmpty)
    }

    @Test func `an observation of an unknown run is refused as a whole`() async throws {
        await #expect(throws: ControlPlaneError.self) {
            try await store.append(.sample(1, requests: 1), to: RunID("x"), numbers: nil)
        }
        #expect(try await store.totals(of: RunID("x")).isEmpty)
    }

    @Test func `an observation that cannot be stored is stored not even in part`() async throws {
        var bad = Sample.sample(requests: 1)
        bad.averageMs = .nan
        let observation = Observation.sample(
            1, requests: 1, endpoints: [.init(endpoint: cart, sample: bad)])
        await #expect(throws: ControlPlaneError.self) {
            try await store.append(observation, to: run.id, numbers: nil)
        }
        #expect(try await store.totals(of: run.id).isEmpty)
        try await store.append(.sample(1, requests: 1), to: run.id, numbers: nil)
        #expect(try await store.totals(of: run.id).count == 1)
    }
}
