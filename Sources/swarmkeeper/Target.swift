import Foundation
import HTTP
import HTTPServer
import JSON
import Synchronization

/// Answers every request alike, and counts.
final class Target: Sendable {
    struct Counts: Equatable, Sendable {
        var requests = 0
        var failures = 0
    }

    /// What tells one load from two that look like one, and when it ended.
    struct Traffic: Equatable, Sendable {
        var concurrent = 0
        /// As many requests were being answered at the same time.
        var concurrentMax = 0
        /// In seconds since 1970; nil before the first request.
        var firstRequestAt: Double?
        var lastRequestAt: Double?
    }

    private let body: [UInt8]
    private let latency: Duration
    private let failureShare: Double
    private let counted = Mutex(Counts())
    private let seen = Mutex(Traffic())

    init(bodyBytes: Int, latency: Duration, failureShare: Double) {
        body = [UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes)
        self.latency = latency
        self.failureShare = failureShare
    }

    var counts: Counts { counted.withLock { $0 } }

    var traffic: Traffic { seen.withLock { $0 } }

    var router: Router {
        Router(
            [Route("GET", TargetCommand.statisticsPath) { _ in self.statistics() }],
            notFound: { _ in await self.answer() })
    }

    func answer() async -> Response {
        let fails = countRequest()
        enter()
        defer { seen.withLock { $0.concurrent -= 1 } }
        // A wait that is cut short by the end of the server still answers.
        if latency > .zero { try? await Task.sleep(for: latency) }
        return Response(
            status: fails ? 500 : 200, headers: ["Content-Type": "text/plain"], body: body)
    }

    private func enter() {
        let now = Date().timeIntervalSince1970
        seen.withLock { traffic in
            traffic.concurrent += 1
            traffic.concurrentMax = max(traffic.concurrentMax, traffic.concurrent)
            traffic.firstRequestAt = traffic.firstRequestAt ?? now
            traffic.lastRequestAt = now
        }
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
        let (counts, traffic) = (counts, traffic)
        func moment(_ seconds: Double?) -> JSONValue { seconds.map { .double($0) } ?? .null }
        let json = JSONValue.object([
            "requests": .int(Int64(counts.requests)), "failures": .int(Int64(counts.failures)),
            "concurrentMax": .int(Int64(traffic.concurrentMax)),
            "firstRequestAt": moment(traffic.firstRequestAt),
            "lastRequestAt": moment(traffic.lastRequestAt),
        ])
        return Response(
            status: 200, headers: ["Content-Type": "application/json"], body: json.encodedBytes)
    }
}
