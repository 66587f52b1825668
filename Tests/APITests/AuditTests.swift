import Foundation
import JSON
import TestSupport
import Testing

@testable import API
@testable import ControlPlane
@testable import History

/// What is recorded of requests, and who sees it.
struct AuditTests {
    private let service: TestService

    init() throws { service = try TestService() }

    private func records(_ query: String = "", as caller: Caller = .administrator) async throws
        -> [JSONValue]
    {
        try await service.services.refusalRecords.write(
            to: service.store, at: service.time.uptime)
        return try await service.ask(
            "GET", "/v1/audit?limit=100&sort=number\(query)", as: caller)["/items"]?.items ?? []
    }

    private func actions(_ query: String = "", as caller: Caller = .administrator) async throws
        -> [String]
    {
        try await records(query, as: caller).map {
            "\($0["action"]?.text ?? "") \($0["outcome"]?.text ?? "")"
        }
    }

    @Test func `every route says what of it is recorded, and no change is left out`() {
        for route in Routes.all {
            switch route.audit {
            case .none: #expect(route.method == "GET", "\(route.method) \(route.path)")
            case .refusals:
                let isNews = route.permission == .report || route.path == "/auth/refresh"
                #expect(isNews, "\(route.path)")
            case .action(let name): #expect(name.contains("."), "\(route.path)")
            }
        }
    }

    /// One record at least of each request that changes something, whoever asks.
    @Test(
        arguments: Routes.all.filter { $0.audit.name != nil && $0.permission != nil }.map {
            "\($0.method) \($0.path)"
        })
    func `what a route refuses is recorded`(name: String) async throws {
        let route = try #require(Routes.all.first { "\($0.method) \($0.path)" == name })
        let target = route.path.replacing("{id}", with: "no-such-id")
            .replacing("{shareId}", with: "no-such-share")
            .replacing("{deliveryId}", with: "no-such-delivery")
        try await service.ask(route.method, target, as: nil)
        let nobody = try #require(try await records().last)
        #expect(nobody["outcome"] == "refused")
        #expect(nobody["status"] == 401)
        #expect(nobody["byKind"] == "anonymous")
        #expect(nobody["tenantId"] == .null)
        try await service.ask(route.method, target, as: .viewer)
        let viewer = try #require(try await records().last)
        #expect(viewer["status"] == 403)
        #expect(viewer["code"] == "forbidden")
        #expect(viewer["by"] == "viewer-1")
        #expect(viewer["byTenantId"] == "tenant-1")
        #expect(viewer["tenantId"] == "tenant-1")
        #expect(viewer["action"] == JSONValue(route.audit.name))
        if target != route.path { #expect(viewer["objectId"] == "no-such-id") }
    }

    @Test func `a load test's life is recorded with who, from where, before and after`()
        async throws
    {
        let id = try await service.define()
        try await service.ask(
            "PUT", "/v1/load-tests/\(id)", .loadTest(["name": "Renamed"]), as: .admin)
        try await service.ask("DELETE", "/v1/load-tests/\(id)")
        let found = try await records()
        #expect(
            found.map { $0["action"] } == [
                "loadTest.create", "loadTest.replace", "loadTest.delete",
            ])
        #expect(found.allSatisfy { $0["objectId"] == .string(id) && $0["envId"] == "dev" })
        #expect(found.map { $0["by"] } == ["editor-1", "admin-1", "editor-1"])
        #expect(found[0]["before"] == .null && found[2]["after"] == .null)
        #expect(found[1]["before"]?["name"] == "Front page")
        #expect(found[1]["after"]?["name"] == "Renamed")
        #expect(found[1]["after"]?["changed"] == ["name"])
    }

    @Test func `a run's start, change, stop and end are recorded, and whose doing each was`()
        async throws
    {
        let id = try await service.startRun()
        try await service.begin(id)
        try await service.ask(
            "POST", "/v1/runs/\(id)/users", ["targetUsers": 20], as: .operator)
        try await service.ask("POST", "/v1/runs/\(id)/stop", as: .administrator)
        _ = try await eventually(moving: service.time) {
            try await service.state(of: id) == "Finished"
        }
        // Nothing is stopped a second time, and somebody wanted it all the same.
        try await service.ask("POST", "/v1/runs/\(id)/stop", as: .admin)
        let found = try await records("&objectId=\(id)")
        #expect(
            found.map { "\($0["action"]?.text ?? "") \($0["by"]?.text ?? "")" }.filter {
                $0 != "run.stop swarmkeeper"  // Where the run's own task stores it first.
            } == [
                "run.start operator-1", "run.changeUsers operator-1", "run.stop administrator",
                "run.end swarmkeeper", "run.stop admin-1",
            ])
        #expect(found.allSatisfy { $0["tenantId"] == "tenant-1" })
        #expect(found[1]["after"]?["targetUsers"] == 20)
    }

    @Test func `a hook's numbers leave no record, and cost no append`() async throws {
        let id = try await service.startRun()
        try await service.begin(id)
        let before = try await service.store.auditHead()
        for sequence in 2..<40 as Range<Int64> {
            try await service.ask(
                "POST", "/v1/callbacks/metrics", .callback(id, sequence: sequence), as: .callback)
        }
        #expect(try await service.store.auditHead() == before)
    }

    @Test func `a deadline's stop is the service's own`() async throws {
        let id = try await service.startRun(.test(["durationSeconds": 5]))
        try await service.begin(id)
        _ = try await eventually(moving: service.time) {
            try await service.state(of: id) == "Finished"
        }
        let found = try await records("&objectId=\(id)&action=run.stop")
        #expect(found.map { $0["by"] } == ["swarmkeeper"])
        #expect(found.first?["byKind"] == "service")
        #expect(found.first?["after"]?["endReason"] == "durationElapsed")
    }

    @Test func `logins are recorded by who it was, refused ones as well`() async throws {
        let id = try await service.addUser("anna")
        _ = try await service.login("anna")
        for _ in 0..<2 {
            try await service.ask(
                "POST", "/auth/login", .login("anna", ["password": "wrong password"]), as: nil)
        }
        try await service.ask(
            "POST", "/auth/login", .login("nobody-at-all", ["password": "wrong password"]), as: nil)
        let found = try await records("&objectId=\(id)")
        #expect(found.map { $0["action"] } == ["user.create", "session.start", "session.start"])
        #expect(found.map { $0["outcome"] } == ["done", "done", "refused"])
        #expect(found.map { $0["byKind"] } == ["token", "user", "anonymous"])
        #expect(found.last?["count"] == 2)
        #expect(found.allSatisfy { $0["tenantId"] == "tenant-1" })
        let text = "\(try await records())"
        #expect(!text.contains("wrong password") && !text.contains("nobody-at-all"))
    }

    @Test func `tokens are recorded without what they are`() async throws {
        let issued = try await service.issue([
            "name": "ci", "role": "operator", "tenantId": "tenant-1",
        ])
        try await service.ask("DELETE", "/v1/tokens/\(issued.id)", as: .admin)
        let found = try await records("&objectId=\(issued.id)")
        #expect(found.map { $0["action"] } == ["token.create", "token.revoke"])
        #expect(found.first?["after"]?["role"] == "operator")
        #expect(!"\(try await records())".contains(issued.caller.token))
    }

    @Test func `a repeated request is recorded as one`() async throws {
        for _ in 0..<2 {
            try await service.ask(
                "POST", "/v1/load-tests", .loadTest(), headers: ["Idempotency-Key": "k"])
        }
        #expect(try await actions() == ["loadTest.create done", "loadTest.create replayed"])
    }

    @Test func `what cannot be recorded is not answered as done`() async throws {
        let id = try await service.startRun()
        try await service.begin(id)
        try await service.end(id)
        try service.breakAudit()
        let over = try await service.ask("POST", "/v1/runs/\(id)/stop", as: .admin)
        #expect(over.status == 503)
        #expect(over.code == "storeUnavailable")
        let defined = try await service.ask("POST", "/v1/load-tests", .loadTest())
        #expect(defined.status == 503)
        #expect(try await service.ask("GET", "/v1/load-tests").ids == [])
        // Reads and hooks change nothing and go on.
        #expect(try await service.ask("GET", "/v1/runs/\(id)").status == 200)
    }

    @Test func `a tenant sees its own records and nothing of others`() async throws {
        try await service.define()
        try await service.define(
            .loadTest(["tenantId": "tenant-2", "envId": "prod"]), as: .editorOfOther)
        let id = try await service.ask("GET", "/v1/load-tests", as: .editorOfOther).ids[0]
        // Refused, and the record of that is of whoever asked.
        try await service.ask("DELETE", "/v1/load-tests/\(id)", as: .editor)
        try await service.define()
        let own = try await records(as: .admin)
        #expect(own.map { $0["number"] } == [1, 2, 3])
        #expect(own.allSatisfy { $0["tenantId"] == "tenant-1" })
        let text = "\(own)"
        #expect(!text.contains("tenant-2") && !text.contains("editor-2"))
        #expect(try await records("&tenantId=tenant-2", as: .admin) == [])
        #expect(try await records("&tenantId=tenant-2").count == 1)
        #expect(try await records().map { $0["number"] } == [1, 2, 3, 4])
        let export = try await service.ask("GET", "/v1/audit/export", as: .admin)
        #expect(!export.text.contains("tenant-2"))
        let head = try await service.ask("GET", "/v1/audit/head", as: .admin)
        #expect(head["/number"] == 3)
        #expect(head["/hash"] == own.last?["hash"])
    }

    @Test func `pages follow each other in both orders`() async throws {
        for _ in 0..<5 { try await service.define() }
        for (order, expected) in [("number", [1, 2, 3, 4, 5]), ("-number", [5, 4, 3, 2, 1])] {
            var numbers: [Int] = []
            var next: String?
            repeat {
                let cursor = next.map { "&cursor=\($0)" } ?? ""
                let page = try await service.ask(
                    "GET", "/v1/audit?limit=2&sort=\(order)\(cursor)", as: .admin)
                numbers += (page["/items"]?.items ?? []).compactMap { $0["number"]?.integer }
                next = page["/nextCursor"]?.text
            } while next != nil
            #expect(numbers == expected)
        }
    }

    @Test(arguments: AuditText.Format.allCases)
    func `an export goes on page by page until it is complete`(format: AuditText.Format)
        async throws
    {
        for _ in 0..<5 { try await service.define() }
        var (text, next, pages) = ("", String?.none, 0)
        repeat {
            let cursor = next.map { "&cursor=\($0)" } ?? ""
            let page = try await service.ask(
                "GET", "/v1/audit/export?limit=2&sort=number&format=\(format.rawValue)\(cursor)",
                as: .admin)
            #expect(page.header("Content-Type")?.hasPrefix(format.mediaType) == true)
            text += page.text
            next = page.header("X-Next-Cursor")
            pages += 1
        } while next != nil
        #expect(pages == 3)
        let lines = text.split(whereSeparator: \.isNewline)
        #expect(lines.count == (format == .csv ? 6 : 5))
        if format == .csv { #expect(lines[0].hasPrefix("number,at,")) }
    }

    @Test func `a cell cannot be taken for a formula, nor end its line`() {
        var entry = AuditEntry("a.b", by: AuditActor(.token, "=cmd|' /C calc'!A1"), at: Date())
        entry.detail = " +1, \"quoted\"\r\nnext"
        entry.subject = AuditSubject("run", "@x\"\u{301},=1")
        let record = AuditRecord(number: 1, tenantNumber: nil, entry: entry, hash: "ab")
        let line = AuditText.line(record, .csv, in: .everything)
        #expect(line.contains("\"'=cmd|' /C calc'!A1\""))
        #expect(line.contains("\"' +1, \"\"quoted\"\"\r\nnext\""))
        // One `Character`, and two scalars for every program that reads it.
        #expect(line.unicodeScalars.contains(Array("'@x\"\"\u{301},=1\"".unicodeScalars)))
    }

    @Test func `an administrator's deed on a tenant's run is that tenant's record`() async throws {
        let id = try await service.startRun()
        try await service.begin(id)
        try await service.ask("POST", "/v1/runs/\(id)/stop", as: .administrator)
        #expect(
            try await records("&by=administrator", as: .admin).map { $0["action"] } == [
                "run.stop"
            ])
    }
}
