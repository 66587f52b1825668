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
        var requests = 0
        var concurrent = 0
        /// As many requests were being answered at the same time.
        var concurrentMax = 0
        /// In seconds since 1970; nil before the first request.
        var firstRequestAt: Double?
        var lastRequestAt: Double?

        mutating func enter(at now: Double) {
            requests += 1
            concurrent += 1
            concurrentMax = max(concurrentMax, concurrent)
            firstRequestAt = firstRequestAt ?? now
            lastRequestAt = now
        }

        var json: [String: JSONValue] {
            func moment(_ seconds: Double?) -> JSONValue { seconds.map { .double($0) } ?? .null }
            return [
                "requests": .int(Int64(requests)), "concurrentMax": .int(Int64(concurrentMax)),
                "firstRequestAt": moment(firstRequestAt), "lastRequestAt": moment(lastRequestAt),
            ]
        }
    }

    /// Beginnings of paths that are told apart; requests to more count in the totals only, so that
    /// paths made up by somebody fill no memory.
    static let pathsMax = 10_000

    private let body: [UInt8]
    private let latency: Duration
    private let failureShare: Double
    private let tellsPathsApart: Bool
    private let counted = Mutex(Counts())
    private let seen = Mutex(Traffic())
    /// By the first part of the path, as `/a` of `/a/b`.
    private let seenOfPaths = Mutex([String: Traffic]())

    init(
        bodyBytes: Int, latency: Duration, failureShare: Double, tellsPathsApart: Bool = false
    ) {
        self.tellsPathsApart = tellsPathsApart
        body = [UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes)
        self.latency = latency
        self.failureShare = failureShare
    }

    var counts: Counts { counted.withLock { $0 } }

    var traffic: Traffic { seen.withLock { $0 } }

    var trafficOfPaths: [String: Traffic] { seenOfPaths.withLock { $0 } }

    var router: Router {
        Router(
            [Route("GET", TargetCommand.statisticsPath) { _ in self.statistics() }],
            notFound: { await self.answer($0.rawPath) })
    }

    func answer(_ path: String = "/") async -> Response {
        let fails = countRequest()
        let first = tellsPathsApart ? Self.firstPart(of: path) : nil
        enter(first)
        defer { leave(first) }
        // A wait that is cut short by the end of the server still answers.
        if latency > .zero { try? await Task.sleep(for: latency) }
        return Response(
            status: fails ? 500 : 200, headers: ["Content-Type": "text/plain"], body: body)
    }

    private static func firstPart(of path: String) -> String {
        "/" + path.dropFirst().prefix { $0 != "/" }
    }

    private func enter(_ path: String?) {
        let now = Date().timeIntervalSince1970
        seen.withLock { $0.enter(at: now) }
        guard let path else { return }
        seenOfPaths.withLock { paths in
            guard paths[path] != nil || paths.count < Self.pathsMax else { return }
            paths[path, default: Traffic()].enter(at: now)
        }
    }

    private func leave(_ path: String?) {
        seen.withLock { $0.concurrent -= 1 }
        guard let path else { return }
        seenOfPaths.withLock { $0[path]?.concurrent -= 1 }
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
        var members = traffic.json
        let counts = counts
        members["requests"] = .int(Int64(counts.requests))
        members["failures"] = .int(Int64(counts.failures))
        if tellsPathsApart {
            members["paths"] = .object(
                Dictionary(uniqueKeysWithValues: trafficOfPaths.map { ($0, .object($1.json)) }))
        }
        return Response(
            status: 200, headers: ["Content-Type": "application/json"],
            body: JSONValue.object(members).encodedBytes)
    }
}
