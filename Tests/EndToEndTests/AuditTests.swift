import Foundation
import JSON
import SQLite
import TestSupport
import Testing

/// The records of who did what, from the real program.
struct AuditTests {
    private static let definition: [String: any Sendable] = [
        "name": "audited", "tenantId": "red", "envId": "dev", "targetUrl": "http://127.0.0.1:9",
    ]

    private func ended(_ words: String...) async throws -> (code: Int32, output: String) {
        let program = try Program(["audit"] + words)
        let code = try await program.exitCode()
        // What a process has written may come after its end.
        _ = await eventually(within: .seconds(5)) { !program.output.isEmpty }
        return (code, program.output)
    }

    private func actions(_ service: Service) async throws -> [String] {
        let page = try await service.client().get("/v1/audit?limit=100&sort=number")
        return (page["items"]?.items ?? []).compactMap { $0["action"]?.text }
    }

    @Test func `the service's life and its refusals are recorded, and verified afterwards`()
        async throws
    {
        try await withService { service in
            #expect(
                try await service.client().post("/v1/load-tests", Self.definition).status == 201)
            let viewer = service.client(Service.token("red", "viewer"))
            for _ in 0..<20 {
                #expect(try await viewer.post("/v1/load-tests", Self.definition).status == 403)
            }
            try await service.serve([])
            try service.reload("nonsense: [")
            #expect(
                await eventually {
                    (try? await actions(service))?.filter { $0 == "configuration.reload" }.count
                        == 2
                })
            await service.end()
            let store = service.storePath
            let verified = try await ended("verify", "--store", store)
            #expect(verified.code == 0, "\(verified.output)")
            let export = try await ended("export", "--store", store)
            let records = export.output.split(separator: "\n").compactMap { JSONValue(String($0)) }
            #expect(records.map { $0["number"]?.integer } == Array(1...records.count))
            let names = records.compactMap { $0["action"]?.text }
            #expect(names.first == "service.start")
            #expect(names.last == "service.stop")
            let refused = records.filter { $0["status"]?.integer == 403 }
            #expect(refused.reduce(0) { $0 + ($1["count"]?.integer ?? 0) } == 20)
            #expect(refused.count <= 2)
            #expect(refused.first?["address"]?.text == "127.0.0.1")
            for secret in [Service.administrator, Service.token("red", "viewer")] {
                #expect(!export.output.contains(secret))
            }
            // The last head in the log is the last record.
            let head = service.log.split(separator: "\n").compactMap { JSONValue(String($0)) }
                .last { $0["event"]?.text == "audit head" }
            #expect(head?["hash"] == records.last?["hash"])
        }
    }

    @Test func `an end that was cut off by hand is found by the head in the log`() async throws {
        try await withService { service in
            #expect(
                try await service.client().post("/v1/load-tests", Self.definition).status == 201)
            let head = try #require(
                try await service.client().get("/v1/audit/head")["hash"]?.text)
            await service.end()
            let connection = try Connection(path: service.storePath)
            try connection.execute(
                """
                DROP TRIGGER audit_records_are_kept; DROP TRIGGER audit_head_goes_on;
                DELETE FROM audit_records WHERE number > 1;
                """)
            let found = try await ended("verify", "--store", service.storePath)
            #expect(found.code == 1)
            #expect(found.output.contains("the end is missing: the last record is 1"))
            try connection.execute(
                """
                UPDATE audit_head SET number = 1,
                    (hash, code) = (SELECT hash, hash FROM audit_records)
                """)
            let kept = try await ended("verify", "--store", service.storePath, "--head", head)
            #expect(kept.code == 1)
            #expect(kept.output.contains("no record has the hash \(head)"))
        }
    }

    @Test(arguments: [
        (["verify", "--head", "x"], "--head is a hash"),
        (["export", "--from", "x"], "--from must"),
        ([], "say verify or export"), (["prune"], "say verify or export, not prune"),
        (["export", "--format", "xml"], "--format must be"),
    ])
    func `a wrong line is refused`(words: [String], reason: String) async throws {
        let program = try Program(["audit"] + words + ["--store", "/no/such/store"])
        #expect(try await program.exitCode() == 2)
        #expect(await eventually { program.output.contains(reason) })
    }
}
