import Foundation
import TestSupport
import Testing

@testable import ControlPlane
@testable import History

/// Lists of seeded random data of three tenants, against a plain search in memory.
struct ListTests {
    private static let tenants = ["tenant-1", "tenant-2", "tenant-3"]
    private static let envs = ["dev", "staging"]
    private static let tags = ["nightly", "smoke", "a%b", "x_y", #"back\slash"#, "quo'te", "ß"]
    private static let actors = ["ci", "anna", "o'brien"]
    private static let names = [
        "Checkout", "checkout peak", "100% load", "a_b", "aXb", #"C:\temp"#, "it's \"quoted\"",
        "Überlast", "cafe\u{301}", "café noir", "检查", "x%\u{308}y", "-- ; DROP TABLE runs", "",
    ]
    private static let texts = [
        "check", "CHECKOUT", "%", "_", "\\", "'", "\"", "a_b", "über", "ÜBER", "café",
        "CAFE\u{301}",
        "查", "drop", "%\u{308}", "nothing like it", "0", "r1", " ",
    ]

    private let home: StoreFolder
    private let runs: [Run]
    private let tests: [LoadTest]
    private var store: HistoryStore { home.store }

    init() async throws {
        home = try StoreFolder()
        var random = SeededGenerator(seed: 7)
        runs = (0..<160).map { Self.run($0, &random) }
        tests = (0..<120).map { Self.test($0, &random) }
        for run in runs { try await home.store.insert(run, liveRunsMax: nil) }
        for test in tests { try await home.store.insert(test) }
    }

    /// Times from a few moments only, so that many are equal; some have not come.
    private static func run(_ number: Int, _ random: inout SeededGenerator) -> Run {
        let state = random.pick(RunState.allCases)
        let hasStarted = state != .pending && random.chance(80)
        let moments = (0..<6).map { epoch + Double($0) + 0.0005 * Double($0) }
        return .sample(
            "r\(number)", state, tenant: random.pick(tenants), env: random.pick(envs),
            name: random.pick(names), tags: tags.filter { _ in random.chance(30) },
            loadTest: random.chance(50) ? "t\(Int.random(in: 0..<4, using: &random))" : nil,
            by: random.pick(actors), created: random.pick(moments),
            started: hasStarted ? random.pick(moments) : nil,
            ended: state.isOver ? random.pick(moments) : nil)
    }

    private static func test(_ number: Int, _ random: inout SeededGenerator) -> LoadTest {
        .sample(
            "t\(number)", tenant: random.pick(tenants), env: random.pick(envs),
            name: random.pick(names), tags: tags.filter { _ in random.chance(30) },
            by: random.pick(actors), created: epoch + Double(Int.random(in: 0..<5, using: &random)),
            updated: epoch + Double(Int.random(in: 0..<5, using: &random)))
    }

    private static func contains(_ text: String, _ name: String, _ id: String) -> Bool {
        [name, id].contains {
            Coding.folded($0).range(of: Coding.folded(text), options: .literal) != nil
        }
    }

    private static func matches(_ run: Run, _ query: RunQuery) -> Bool {
        query.scope.covers(run.spec.environment)
            && (query.tenantID ?? run.spec.tenantId) == run.spec.tenantId
            && (query.envID ?? run.spec.envId) == run.spec.envId
            && query.tags.allSatisfy(run.spec.tags.contains)
            && (query.states.isEmpty || query.states.contains(run.state))
            && (query.loadTestID == nil || query.loadTestID == run.loadTestID)
            && (query.createdBy ?? run.audit.createdBy) == run.audit.createdBy
            && query.startedAfter.map { (run.startedAt ?? .distantPast) > $0 } ?? true
            && query.startedBefore.map { (run.startedAt ?? .distantFuture) < $0 } ?? true
            && query.text.map { contains($0, run.spec.name, run.id.text) } ?? true
    }

    private static func matches(_ test: LoadTest, _ query: LoadTestQuery) -> Bool {
        query.scope.covers(test.spec.environment)
            && (query.tenantID ?? test.spec.tenantId) == test.spec.tenantId
            && (query.envID ?? test.spec.envId) == test.spec.envId
            && query.tags.allSatisfy(test.spec.tags.contains)
            && (query.createdBy ?? test.audit.createdBy) == test.audit.createdBy
            && query.text.map { contains($0, test.spec.name, test.id.text) } ?? true
    }

    private static func scopes(_ random: inout SeededGenerator) -> Scope {
        if random.chance(30) { return .everything }
        let environments = envs.filter { _ in random.chance(50) } + ["elsewhere"]
        return Scope(
            tenant: random.pick(tenants + ["tenant-4"]),
            environments: random.chance(50) ? environments : nil)
    }

    /// Every page of a list, one after the other.
    private func all<Item: Sendable>(
        limit: Int, _ page: (PageRequest) async throws -> Page<Item>
    ) async throws -> [Item] {
        var found: [Item] = []
        var request = PageRequest(limit: limit)
        while true {
            let page = try await page(request)
            #expect(page.items.count <= limit)
            #expect(page.next == nil || page.items.count == limit)
            found += page.items
            guard let next = page.next, found.count < 1000 else { return found }
            request.after = next
        }
    }

    @Test func `filtered and sorted runs are those of a plain search, page by page`() async throws {
        for seed in 0..<150 { try await checkRuns(seed: UInt64(seed)) }
    }

    private func checkRuns(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var query = RunQuery(scope: Self.scopes(&random))
        if random.chance(20) { query.tenantID = random.pick(Self.tenants) }
        if random.chance(30) { query.envID = random.pick(Self.envs) }
        if random.chance(30) { query.tags = [random.pick(Self.tags), random.pick(Self.tags)] }
        if random.chance(30) { query.states = [random.pick(RunState.allCases), .failed] }
        if random.chance(20) { query.loadTestID = LoadTestID("t1") }
        if random.chance(30) { query.createdBy = random.pick(Self.actors) }
        if random.chance(20) { query.startedAfter = epoch + 1 }
        if random.chance(20) { query.startedBefore = epoch + 4 }
        if random.chance(40) { query.text = random.pick(Self.texts) }
        query.sort = .init(
            field: random.pick(RunQuery.SortField.allCases), isDescending: random.chance(50))
        let expected = runs.filter { Self.matches($0, query) }
        let limit = random.pick([1, 2, 7, 100])
        let found = try await all(limit: limit) { request in
            var query = query
            query.page = request
            return try await store.runs(query)
        }.map(\.run)
        #expect(found.count == expected.count, "seed \(seed)")
        #expect(Set(found.map(\.id)) == Set(expected.map(\.id)), "seed \(seed)")
        let keys = found.map { Self.key($0, query.sort.field) }
        #expect(keys == (query.sort.isDescending ? keys.sorted(by: >) : keys.sorted()))
        if case .tenant(let id) = query.scope {
            #expect(found.allSatisfy { $0.spec.tenantId == id })
        }
    }

    private static func key(_ run: Run, _ field: RunQuery.SortField) -> Double {
        switch field {
        case .createdAt: run.audit.createdAt.timeIntervalSince1970
        case .startedAt: run.startedAt?.timeIntervalSince1970 ?? 0
        case .endedAt: run.endedAt?.timeIntervalSince1970 ?? 0
        }
    }

    @Test func `filtered and sorted load tests are those of a plain search, page by page`()
        async throws
    {
        for seed in 0..<100 { try await checkLoadTests(seed: UInt64(seed)) }
    }

    private func checkLoadTests(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        var query = LoadTestQuery(scope: Self.scopes(&random))
        if random.chance(20) { query.tenantID = random.pick(Self.tenants) }
        if random.chance(30) { query.envID = random.pick(Self.envs) }
        if random.chance(30) { query.tags = [random.pick(Self.tags)] }
        if random.chance(30) { query.createdBy = random.pick(Self.actors) }
        if random.chance(40) { query.text = random.pick(Self.texts) }
        query.sort = .init(
            field: random.pick(LoadTestQuery.SortField.allCases), isDescending: random.chance(50))
        let expected = tests.filter { Self.matches($0, query) }
        let found = try await all(limit: random.pick([1, 3, 100])) { request in
            var query = query
            query.page = request
            return try await store.loadTests(query)
        }
        #expect(found.count == expected.count, "seed \(seed)")
        #expect(Set(found.map(\.id)) == Set(expected.map(\.id)), "seed \(seed)")
        let names = found.map { Array($0.spec.name.utf8) }
        guard query.sort.field == .name else { return }
        for (first, second) in zip(names, names.dropFirst()) {
            let inOrder = first == second || first.lexicographicallyPrecedes(second)
            #expect(query.sort.isDescending ? first == second || !inOrder : inOrder)
        }
    }

    @Test(arguments: tenants)
    func `nothing of another tenant is found by its id`(tenant: String) async throws {
        for run in runs {
            let found = try await store.run(run.id, in: .tenant(tenant))
            #expect((found != nil) == (run.spec.tenantId == tenant))
        }
        for test in tests {
            let found = try await store.loadTest(test.id, in: .tenant(tenant))
            #expect((found != nil) == (test.spec.tenantId == tenant))
        }
    }

    @Test func `every text finds what contains it, whatever the case`() async throws {
        for text in Self.texts {
            var query = RunQuery(scope: .everything, page: .init(limit: 1000))
            query.text = text
            let found = try await store.runs(query).items.map(\.run.id)
            let expected = runs.filter { Self.contains(text, $0.spec.name, $0.id.text) }
            #expect(Set(found) == Set(expected.map(\.id)), "\(text)")
        }
    }

    @Test(arguments: ["", "x", "9999999999999999999999", "-1"])
    func `a page mark that nobody gave finds no other tenant's runs`(value: String) async throws {
        let page = PageRequest(limit: 1000, after: PageMark(value: value, id: "' OR 1=1 --"))
        let found = try await store.runs(.init(scope: .tenant("tenant-1"), page: page))
        #expect(found.items.allSatisfy { $0.run.spec.tenantId == "tenant-1" })
    }
}
