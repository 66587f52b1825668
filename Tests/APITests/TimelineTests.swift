import ControlPlane
import JSON
import Testing

@testable import API
@testable import TestSupport

struct TimelineTests {
    let service: TestService
    let run: String

    init() async throws {
        service = try TestService()
        run = try await service.startRun(.test())
        try await service.begin(run)
    }

    @Test func `a run tells its story from the beginning`() async throws {
        let answer = try await service.ask("GET", "/v1/runs/\(run)/timeline?limit=100")
        #expect(answer.status == 200)
        #expect(answer["/items/0/kind"] == "accepted")
        #expect(answer["/items/0/number"] == 1)
        #expect(answer["/items/0/outcome"] == .null)
        #expect(answer["/nextCursor"] == .null)
    }

    @Test func `a page says where the next one begins`() async throws {
        let first = try await service.ask("GET", "/v1/runs/\(run)/timeline?limit=1")
        let cursor = try #require(first["/nextCursor"]?.text)
        let second = try await service.ask(
            "GET", "/v1/runs/\(run)/timeline?limit=1&cursor=\(cursor)")
        #expect(second["/items/0/number"] == 2)
    }

    @Test func `another tenant's story is not there`() async throws {
        let path = "/v1/runs/\(run)/timeline"
        #expect(try await service.ask("GET", path, as: .editorOfOther).status == 404)
        #expect(try await service.ask("GET", "/v1/runs/nobody/timeline").status == 404)
    }
}
