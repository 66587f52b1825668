import ControlPlane
import JSON
import Testing

@testable import API

struct ListTests {
    let service: TestService

    init() throws { service = try TestService() }

    /// Runs one second apart, alternately of two tags, all but the last one over.
    private func makeRuns(_ count: Int) async throws -> [String] {
        var ids: [String] = []
        for number in 0..<count {
            service.time.advance(by: .seconds(1))
            let id = try await service.startRun(
                .test([
                    "name": .string("Run \(number)"),
                    "tags": number.isMultiple(of: 2) ? ["even", "all"] : ["odd", "all"],
                ]), as: number == 0 ? .admin : .operator)
            ids.append(id)
            if number < count - 1 { try await service.end(id) }
        }
        return ids
    }

    @Test func `runs are found by every filter`() async throws {
        let other = try await service.startRun(
            .test(["tenantId": "tenant-2", "targetUsers": 1]), as: .editorOfOther)
        let ids = try await makeRuns(4)
        try await service.begin(ids[3])
        func found(_ query: String, as caller: Caller = .viewer) async throws -> [String] {
            try await service.ask("GET", "/v1/runs?\(query)", as: caller).ids
        }
        #expect(try await found("") == ids.reversed())
        #expect(try await found("sort=createdAt") == ids)
        #expect(try await found("tag=even&sort=createdAt") == [ids[0], ids[2]])
        #expect(try await found("tag=even&tag=all&sort=createdAt") == [ids[0], ids[2]])
        #expect(try await found("tag=even&tag=odd") == [])
        #expect(try await found("status=Running") == [ids[3]])
        #expect(try await found("status=Running,Finished").count == 4)
        #expect(try await found("createdBy=admin-1") == [ids[0]])
        #expect(try await found("q=run%202") == [ids[2]])
        #expect(try await found("q=\(ids[1].prefix(13))") == [ids[1]])
        #expect(try await found("q=%25") == [])
        #expect(try await found("envId=dev").count == 4)
        #expect(try await found("envId=staging") == [])
        #expect(try await found("startedAfter=2027-01-15T08:00:00Z") == [ids[3]])
        #expect(try await found("startedBefore=2027-01-15T08:00:00Z") == [])
        #expect(try await found("startedBefore=2099-01-01T00:00:00%2B02:00") == [ids[3]])
        #expect(try await found("tenantId=tenant-1").count == 4)
        #expect(try await found("tenantId=tenant-2") == [])
        #expect(try await found("q=\(other)") == [])
        #expect(try await found("tenantId=tenant-2", as: .administrator) == [other])
        #expect(try await found("", as: .administrator).count == 5)
        #expect(try await found("", as: .editorOfOther) == [other])
    }

    @Test func `load tests are found by every filter`() async throws {
        var ids: [String] = []
        for name in ["x", "w", "Z"] {
            service.time.advance(by: .seconds(1))
            ids.append(
                try await service.define(
                    .loadTest(["name": .string(name), "tags": [.string("is-\(name)"), "all"]]),
                    as: name == "w" ? .admin : .editor))
        }
        service.time.advance(by: .seconds(1))
        try await service.ask(
            "PUT", "/v1/load-tests/\(ids[0])",
            .loadTest(["name": "x", "envId": "staging", "tags": ["is-x", "all"]]))
        func found(_ query: String, as caller: Caller = .viewer) async throws -> [String] {
            try await service.ask("GET", "/v1/load-tests?\(query)", as: caller).ids
        }
        #expect(try await found("") == ids.reversed())
        #expect(try await found("sort=name") == [ids[2], ids[1], ids[0]])
        #expect(try await found("sort=-name") == ids)
        #expect(try await found("sort=-updatedAt") == [ids[0], ids[2], ids[1]])
        #expect(try await found("sort=createdAt") == ids)
        #expect(try await found("tag=is-w") == [ids[1]])
        #expect(try await found("tag=all").count == 3)
        #expect(try await found("envId=staging") == [ids[0]])
        #expect(try await found("createdBy=admin-1") == [ids[1]])
        #expect(try await found("q=z") == [ids[2]])
        #expect(try await found("tenantId=tenant-1").count == 3)
        #expect(try await found("", as: .editorOfOther) == [])
    }

    @Test(
        arguments: ["createdAt", "-createdAt", "startedAt", "-startedAt", "endedAt", "-endedAt"])
    func `pages together are the list, whatever its order`(sort: String) async throws {
        let ids = try await makeRuns(7)
        let whole = try await service.ask("GET", "/v1/runs?sort=\(sort)")
        #expect(whole["/nextCursor"] == .null)
        #expect(Set(whole.ids) == Set(ids))
        var pages: [String] = []
        var cursor = ""
        repeat {
            let page = try await service.ask("GET", "/v1/runs?sort=\(sort)&limit=2\(cursor)")
            #expect(page.ids.count <= 2)
            pages += page.ids
            cursor = page["/nextCursor"]?.text.map { "&cursor=\($0)" } ?? ""
        } while !cursor.isEmpty
        #expect(pages == whole.ids)
    }

    @Test func `names page in their order, also when they are alike or look like numbers`()
        async throws
    {
        for name in ["same", "same", "10", "9", "Ünder", "same", "%"] {
            _ = try await service.define(.loadTest(["name": .string(name)]))
        }
        for sort in ["name", "-name"] {
            let whole = try await service.ask("GET", "/v1/load-tests?sort=\(sort)")
            var (pages, cursor) = ([String](), "")
            repeat {
                let page = try await service.ask(
                    "GET", "/v1/load-tests?sort=\(sort)&limit=1\(cursor)")
                pages += page.ids
                cursor = page["/nextCursor"]?.text.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty && pages.count < 20
            #expect(pages == whole.ids)
        }
    }

    @Test func `a page has 20 items where nothing else is asked for`() async throws {
        for _ in 0..<21 { _ = try await service.define() }
        let page = try await service.ask("GET", "/v1/load-tests")
        #expect(page.ids.count == 20)
        #expect(page["/nextCursor"] != .null)
        #expect(try await service.ask("GET", "/v1/load-tests?limit=100").ids.count == 21)
    }

    @Test(arguments: [
        "limit=0", "limit=101", "limit=x", "limit=", "limit=1&limit=2", "limit=1.5",
        "sort=state", "sort=name", "sort=--createdAt", "sort=", "status=running", "status=",
        "status=Running,", "status=Running&status=Failed", "startedAfter=yesterday",
        "startedAfter=2027-01-15", "startedBefore=2027-02-30T00:00:00Z",
        "startedBefore=2027-01-15T08:00:00Zjunk", "cursor=x", "cursor=", "cursor=W10",
        "cursor=eyJhIjoxfQ", "tenantId=", "tag=", "colour=red", "Limit=1", "q=", "q=a&q=b",
    ])
    func `a wrong parameter is refused by name`(query: String) async throws {
        let answer = try await service.ask("GET", "/v1/runs?\(query)")
        #expect(answer.status == 400)
        #expect(answer.code == "invalidQuery")
        let name = query.prefix { $0 != "=" }
        #expect(answer.pointers.allSatisfy { $0 == "?\(name)" })
        #expect(!answer.pointers.isEmpty)
    }

    @Test func `a cursor of another order or another list is refused`() async throws {
        for name in ["1", "2"] { _ = try await service.define(.loadTest(["name": .string(name)])) }
        let page = try await service.ask("GET", "/v1/load-tests?sort=name&limit=1")
        let cursor = try #require(page["/nextCursor"]?.text)
        for query in ["", "sort=-name&", "sort=createdAt&"] {
            let answer = try await service.ask("GET", "/v1/load-tests?\(query)cursor=\(cursor)")
            #expect(answer.status == 400)
            #expect(answer.pointers == ["?cursor"])
        }
        let next = try await service.ask("GET", "/v1/load-tests?sort=name&cursor=\(cursor)")
        #expect(next.ids.count == 1)
    }

    @Test func `all wrong parameters are named at once`() async throws {
        let answer = try await service.ask("GET", "/v1/runs?limit=0&sort=x&colour=red")
        #expect(answer.pointers == ["?colour", "?limit", "?sort"])
    }

    @Test func `a route without parameters takes none`() async throws {
        for path in ["/v1/clusters", "/v1/tenants", "/v1/environments", "/health", "/ready"] {
            #expect(try await service.ask("GET", "\(path)?limit=1").status == 400)
        }
    }
}
