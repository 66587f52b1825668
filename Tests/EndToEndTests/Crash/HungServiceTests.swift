import Foundation
import TestSupport
import Testing

/// A service that is there and does nothing: an engine's pipes stay open, so that only its own
/// clock ends the load.
@Suite(.timeLimit(.minutes(5)))
struct HungServiceTests {
    @Test(arguments: [(seconds: 20.0, lease: 60), (seconds: 300, lease: 5)])
    func `an engine whose service hangs stops at the deadline or the end of the lease`(
        seconds: Double, lease: Int
    ) async throws {
        try await withNativeScene(target: ["--latency-ms", "20"]) { scene in
            try scene.service.setLease(lease)
            scene.service.crash()
            try await scene.service.restart()
            let id = try await scene.start(users: 3, seconds: seconds)
            _ = try await scene.running(id)
            scene.service.program.signal(SIGSTOP)
            defer { scene.service.program.signal(SIGCONT) }
            let hungAt = Date()
            _ = try await scene.target.untilQuiet()
            let last = try #require(try await scene.target.lastRequestAt())
            #expect(last.timeIntervalSince(hungAt) <= min(seconds, Double(lease)) + 5)
            scene.service.program.signal(SIGCONT)
            let over = try await scene.over(id)
            #expect(over["endReason"]?.text?.isEmpty == false)
            let requests = try await scene.target.requests()
            #expect(over["lastMetrics"]?["totalRequests"]?.integer == requests)
        }
    }
}
