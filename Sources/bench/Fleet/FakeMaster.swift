import Foundation
import HTTP
import Networking

/// A fake: one Locust 2.47 master with two workers and our hook module, as its web API shows them.
/// It starts no user and sends no request. States, times and texts are those that were captured
/// from a real one (locust.md, sections 1 and 2); it makes no callbacks.
///
/// Knows no socket and no clock: the time comes with every question.
struct FakeMaster {
    /// The answer to one request, and how long the master takes for it.
    struct Reply: Equatable {
        var status = 200
        var type = "application/json"
        var headers: [String: String] = [:]
        var body: String
        var delay = Duration.zero
    }

    /// What an observer is told of the load, beside the requests.
    struct Event: Equatable {
        let time: MonotonicTime
        let what: FleetLog.What
        let run: String
    }

    /// One cache for all clients, cleared by nothing (locust.md, section 1.6).
    static let cacheLifetime = Duration.seconds(2)
    /// What `/stop` takes with workers that obey: it looks once a second.
    static let stopTime = Duration.seconds(1)
    /// Until the state is `stopped`, long before `/stop` answers.
    static let stoppedAfter = Duration.milliseconds(40)

    let endpointCount: Int
    private(set) var boot: String
    private(set) var sequence = 0
    private(set) var workers = 2
    private(set) var test: FakeTest?
    private var cache: (body: String, madeAt: MonotonicTime)?
    private var stopAnswersAt: MonotonicTime?

    init(boot: String, endpointCount: Int) {
        self.boot = boot
        self.endpointCount = endpointCount
    }

    /// What the master's process does by itself until `now`: the hook's deadline and lease, and
    /// `run_time`.
    mutating func advance(to now: MonotonicTime) -> [Event] {
        guard var test, let (time, reason) = test.ownEnd(by: now) else { return [] }
        test.end(at: time)
        self.test = test
        return [Event(time: time, what: reason, run: test.runID)]
    }

    /// A new process, which knows nothing. Its workers are gone: they quit 60 s later.
    mutating func restart(boot: String) {
        self.boot = boot
        (sequence, workers, test, cache, stopAnswersAt) = (0, 0, nil, nil, nil)
    }

    mutating func answer(to request: Request, at now: MonotonicTime) -> (Reply, [Event]) {
        let events = advance(to: now)
        let (reply, more) = answer(request, now)
        return (reply, events + more)
    }

    private mutating func answer(_ request: Request, _ now: MonotonicTime) -> (Reply, [Event]) {
        switch (request.method, request.rawPath) {
        case ("GET", "/"):
            return (Reply(type: "text/html; charset=utf-8", body: frontPage(at: now)), [])
        case ("GET", "/stats/requests"): return (Reply(body: cachedStatistics(at: now)), [])
        case ("GET", "/worker-count"):
            return (Reply(body: #"{"worker_count":\#(workers)}"#), [])
        case ("GET", "/swarmkeeper/run"):
            renewLease(of: request.headers["X-Swarmkeeper-Run"], at: now)
            return (Reply(headers: ["Cache-Control": "no-store"], body: identity(at: now)), [])
        case ("POST", "/swarm"): return swarm(Self.form(request.body), now)
        case ("POST", "/stop"): return stop(now)
        case ("POST", "/stats/reset"):
            test?.forgetRequests(at: now)
            return (Reply(type: "text/html; charset=utf-8", body: "ok"), [])
        case (_, "/swarm"), (_, "/stop"), (_, "/stats/reset"):
            let page = "<!doctype html><title>405 Method Not Allowed</title>"
            return (
                Reply(
                    status: 405, type: "text/html; charset=utf-8",
                    headers: ["Allow": "POST, OPTIONS"], body: page), []
            )
        default:
            let page = "<!doctype html><title>404 Not Found</title>"
            return (Reply(status: 404, type: "text/html; charset=utf-8", body: page), [])
        }
    }

    private mutating func swarm(_ form: [String: String], _ now: MonotonicTime)
        -> (Reply, [Event])
    {
        guard let users = Int(form["user_count"] ?? ""),
            let rate = Double(form["spawn_rate"] ?? ""), rate > 0
        else {
            let message = "Missing or invalid user_count or spawn_rate from /swarm request"
            return (Reply(body: #"{"message":"\#(message)","success":false}"#), [])
        }
        let accepted = Reply(
            body: """
                {"host":"\(form["host"] ?? "")","message":"Swarming started","run_time":\
                \(form["run_time"] ?? "0"),"success":true}
                """, delay: .milliseconds(2))
        // Without workers the answer is the same and nothing starts.
        guard workers > 0 else { return (accepted, []) }
        if test?.isLoaded(at: now) == true {
            test?.change(users: users, rate: rate, form, at: now)
            return (accepted, [])
        }
        sequence += 1
        let test = FakeTest(form, users: users, rate: rate, at: now)
        self.test = test
        return (accepted, [Event(time: now, what: .began, run: test.runID)])
    }

    private mutating func stop(_ now: MonotonicTime) -> (Reply, [Event]) {
        var reply = Reply(body: #"{"message":"Test stopped","success":true}"#)
        guard let run = test?.runID, test?.isLoaded(at: now) == true else {
            // A second call returns at once while the first still waits.
            return (reply, [])
        }
        test?.end(at: now)
        stopAnswersAt = now + Self.stopTime
        reply.delay = Self.stopTime
        return (reply, [Event(time: now, what: .stopped, run: run)])
    }

    private mutating func renewLease(of run: String?, at now: MonotonicTime) {
        guard let run, !run.isEmpty, test?.runID == run else { return }
        test?.renewLease(at: now)
    }

    private mutating func cachedStatistics(at now: MonotonicTime) -> String {
        if let cache, now < cache.madeAt + Self.cacheLifetime { return cache.body }
        let body = statistics(at: now)
        cache = (body, now)
        return body
    }

    private static func form(_ body: [UInt8]) -> [String: String] {
        var fields: [String: String] = [:]
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { continue }
            fields[String(parts[0])] = String(parts[1]).removingPercentEncoding
        }
        return fields
    }
}
