import HTTP
import HTTPServer
import Synchronization

/// Answers every request alike, and counts.
final class Target: Sendable {
    struct Counts: Equatable, Sendable {
        var requests = 0
        var failures = 0
    }

    private let body: [UInt8]
    private let latency: Duration
    private let failureShare: Double
    private let counted = Mutex(Counts())

    init(bodyBytes: Int, latency: Duration, failureShare: Double) {
        body = [UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes)
        self.latency = latency
        self.failureShare = failureShare
    }

    var counts: Counts { counted.withLock { $0 } }

    var router: Router {
        Router(
            [Route("GET", TargetCommand.statisticsPath) { _ in self.statistics() }],
            notFound: { _ in await self.answer() })
    }

    func answer() async -> Response {
        let fails = countRequest()
        // A wait that is cut short by the end of the server still answers.
        if latency > .zero { try? await Task.sleep(for: latency) }
        return Response(
            status: fails ? 500 : 200, headers: ["Content-Type": "text/plain"], body: body)
    }

    /// Fails request n when the whole part of n × share grows, so the share holds at any time.
    private func countRequest() -> Bool {
        counted.withLock { counts in
            let before = (Double(counts.requests) * failureShare).rounded(.down)
            counts.requests += 1
            let fails = (Double(counts.requests) * failureShare).rounded(.down) > before
            if fails { counts.failures += 1 }
            return fails
        }
    }

    private func statistics() -> Response {
        let counts = counts
        let json = "{\"requests\":\(counts.requests),\"failures\":\(counts.failures)}"
        return Response(
            status: 200, headers: ["Content-Type": "application/json"], body: Array(json.utf8))
    }
}
