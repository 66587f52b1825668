import Foundation
import Testing

@testable import Locust

struct MasterAuthorizationTests {
    private let authorization = MasterAuthorization()

    private func master(_ transport: FakeTransport, token: String? = nil) throws -> LocustMaster {
        LocustMaster(
            baseURL: try #require(URL(string: "http://user:configured@master")),
            bearerToken: token, transport: transport, authorization: authorization)
    }

    private static func answering(_ text: String, status: Int = 200) -> FakeTransport {
        FakeTransport(status: status, type: "text/plain", text)
    }

    @Test func `what is set is sent with the next call, and no older change undoes it`()
        async throws
    {
        let transport = Self.answering("ok")
        let master = try master(transport)
        try await master.resetStats()
        authorization.use(.token("t"), revision: 2)
        try await master.resetStats()
        authorization.use(.password(user: "u", password: "p"), revision: 3)
        authorization.use(.token("late"), revision: 2)
        try await master.resetStats()
        authorization.use(nil, revision: 4)
        try await master.resetStats()
        #expect(
            transport.requests.map { $0.headers["Authorization"] } == [
                "Basic dXNlcjpjb25maWd1cmVk", "Bearer t", "Basic dTpw",
                "Basic dXNlcjpjb25maWd1cmVk",
            ])
    }

    @Test(arguments: [
        "denied: Bearer token-of-the-master", "configured", "Basic dXNlcjpjb25maWd1cmVk",
        String(repeating: "x", count: 190) + "token-of-the-master",
    ])
    func `a master that repeats what it was sent brings no secret into a message`(text: String)
        async throws
    {
        authorization.use(.token("token-of-the-master"), revision: 2)
        let master = try master(Self.answering(text, status: 401))
        let error = try await #require(throws: LocustError.self) { try await master.resetStats() }
        for secret in ["token-of", "configured", "dXNlcjpjb25maWd1cmVk"] {
            #expect(!error.description.contains(secret), "\(error.description)")
        }
    }
}
