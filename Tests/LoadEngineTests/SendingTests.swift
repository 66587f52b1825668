import Networking
import TestSupport
import Testing

@testable import LoadEngine

/// Requests whose sending does not go well.
@Suite(.timeLimit(.minutes(3)))
struct SendingTests {
    @Test func `a connection that broke behind its answer is not used again`() async throws {
        let server = try HastyServer()
        let body = String(repeating: "x", count: 8_000_000)
        let call = Call(method: "POST", body: body, isIdempotent: false)
        let run = try await load(
            LoadPlan([call], at: [.local(server.port)], .users(1), requests: 60))
        expectConsistent(run)
        #expect(run.report.requests == 60)
        // Each has an answer, and none was sent where nobody can hear it.
        #expect(run.report.failures == 0, "\(run.report.examples)")
        #expect(run.report.total.transport.connectionsOpened == 60)
    }
}
