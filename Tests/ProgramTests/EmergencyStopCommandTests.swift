import JSON
import Testing

@testable import swarmkeeper

struct EmergencyStopCommandTests {
    private typealias Task = EmergencyStopCommand.Task

    @Test func `words become what is asked for`() throws {
        #expect(try Task(["list"], reason: nil, tenant: nil) == .list)
        #expect(try Task(["lift", "x"], reason: nil, tenant: nil) == .lift("x"))
        #expect(
            try Task(["all"], reason: "r", tenant: nil)
                == .impose(["scope": .string("all"), "reason": .string("r")]))
        #expect(
            try Task(["host", "*.example"], reason: "r", tenant: "t")
                == .impose([
                    "scope": .string("host"), "host": .string("*.example"),
                    "tenantId": .string("t"), "reason": .string("r"),
                ]))
    }

    @Test(
        arguments: [
            ([], "r", nil), (["all", "x"], "r", nil), (["tenant"], "r", nil), (["host"], "r", nil),
            (["lift"], nil, nil), (["everything"], "r", nil), (["all"], nil, nil),
            (["all"], "", nil),
            (["all"], "r", "t"), (["tenant", "t"], "r", "t"),
        ] as [([String], String?, String?)])
    func `what is not complete is refused`(words: [String], reason: String?, tenant: String?) {
        #expect(throws: ArgumentError.self) { try Task(words, reason: reason, tenant: tenant) }
    }

    @Test func `without a token, or without a service, it ends with a code of its own`()
        async throws
    {
        func run(_ words: [String], _ environment: [String: String]) async -> Int32 {
            await Program.run(["emergency-stop"] + words, environment: environment)
        }
        #expect(await run(["list"], [:]) == 2)
        let token = ["SWARMKEEPER_TOKEN": "token-of-nobody"]
        // Nobody listens there.
        let url = "http://127.0.0.1:9"
        #expect(await run(["list", "--url", url, "--patience", "1"], token) == 3)
        #expect(await run(["list", "--url", "nowhere", "--patience", "1"], token) == 2)
    }
}
