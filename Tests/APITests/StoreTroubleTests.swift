import Foundation
import JSON
import Testing

@testable import API

struct StoreTroubleTests {
    @Test func `a store that fails is told with its kind and nothing more, until it works again`()
        async throws
    {
        let service = try TestService()
        let path = service.folder.path("history.db")
        try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
        let refused = try await service.ask("POST", "/v1/load-tests", .loadTest())
        #expect(refused.status == 503)
        #expect(refused["/code"] == "storeUnavailable")
        #expect(refused["/reason"] == "moved")
        #expect(refused.header("Retry-After") == "5")
        #expect(!"\(refused.json)".contains("history.db"))
        let ready = try await service.ask("GET", "/ready", as: nil)
        #expect(ready.status == 503)
        #expect(ready["/reason"] == "moved")
        #expect(try await service.ask("GET", "/health", as: nil).status == 200)

        try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
        #expect(try await service.ask("GET", "/ready", as: nil).status == 200)
        #expect(try await service.ask("POST", "/v1/load-tests", .loadTest()).status == 201)
    }
}
