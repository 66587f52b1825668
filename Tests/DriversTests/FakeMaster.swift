import ControlPlane
import Foundation
import Locust
import Synchronization
import TestSupport

@testable import Drivers

/// A Locust master as far as the driver sees one, with the cache that makes it hard: the
/// statistics are kept for 2 s, whatever happens meanwhile (locust.md, section 1.6).
final class FakeMaster: Transport {
    struct State: Sendable {
        var runner = "ready"
        var users = 0
        var workers = 2
        /// Workers that the master hears nothing of.
        var missing = 0
        var requests = 0
        var failures = 0
        /// Nil without our hook module.
        var hook: Hook? = Hook()
        var showsClassPicker = false
        var swarmAnswer = #"{"success": true, "message": "Swarming started", "host": "h"}"#
        /// The test that the next `/swarm` starts; nil starts nothing.
        var startsTests = true
        var isDown = false
        /// Whether the identity route accepts a request and answers nothing.
        var identityHangs = false
        /// Of the test, by the report; nil where that tells nothing.
        var testAge: Int?
        /// Of the report.
        var reportStatus = 200
    }

    struct Hook: Sendable {
        var boot = "boot-1"
        var runID = ""
        var state = "idle"
        var locustfile = "locustfile.py"
        var stopReason = "null"
    }

    private struct Cache {
        var body: String
        var madeAt: Duration
    }

    private let time: ManualTime
    private let state = Mutex(State())
    private let cache = Mutex<Cache?>(nil)
    private let asked = Mutex<[TransportRequest]>([])

    init(time: ManualTime) { self.time = time }

    func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    /// Requests so far, as `POST /swarm`.
    var lines: [String] {
        asked.withLock { $0.map { "\($0.method) \($0.url.replacing("http://master", with: ""))" } }
    }

    /// The form of the last `/swarm`.
    var form: [String: String] {
        let body = asked.withLock { $0.last { $0.url.hasSuffix("/swarm") }?.body ?? [] }
        var fields: [String: String] = [:]
        for pair in String(decoding: body, as: UTF8.self).split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            fields[String(parts[0])] = String(parts[1]).removingPercentEncoding
        }
        return fields
    }

    /// The headers of the last `/swarm`.
    var swarmHeaders: [String: String] {
        asked.withLock { $0.last { $0.url.hasSuffix("/swarm") }?.headers ?? [:] }
    }

    func driver() throws -> LocustDriver {
        guard let url = URL(string: "http://master") else { throw URLError(.badURL) }
        let master = LocustMaster(baseURL: url, bearerToken: nil, transport: self)
        return LocustDriver(
            master: master, inspector: master, callbackURL: "http://service", time: time)
    }

    func send(_ request: TransportRequest) async throws(TransportError) -> TransportAnswer {
        asked.withLock { $0.append(request) }
        let state = state.withLock { $0 }
        if state.isDown { throw .unreachable("connection refused") }
        if state.identityHangs, request.url.hasSuffix("/swarmkeeper/run") {
            // Longer than any caller waits, who then cancels it.
            do { try await Task.sleep(for: .seconds(3600)) } catch { throw .cancelled }
        }
        switch request.url.replacing("http://master", with: "") {
        case "/": return page(state)
        case "/swarm": return swarm(request)
        case "/stop": return stop()
        case "/stats/requests": return answer(cached(state))
        case "/worker-count": return answer(#"{"worker_count": \#(state.workers)}"#)
        case "/swarmkeeper/run": return identity(state)
        case "/stats/report": return report(state)
        default: return TransportAnswer(status: 404, headers: [:], body: [])
        }
    }

    private func answer(_ json: String, status: Int = 200) -> TransportAnswer {
        TransportAnswer(
            status: status, headers: ["Content-Type": "application/json"], body: Array(json.utf8))
    }

    private func page(_ state: State) -> TransportAnswer {
        let html = """
            <script>window.templateArgs = {"version": "2.47.0", "state": "\(state.runner)",
            "available_user_classes": ["Visitor", "Buyer"], "show_userclass_picker":
            \(state.showsClassPicker)}</script>
            """
        return TransportAnswer(
            status: 200, headers: ["Content-Type": "text/html"], body: Array(html.utf8))
    }

    private func report(_ state: State) -> TransportAnswer {
        let start = Date(timeIntervalSince1970: 1_800_000_000 - Double(state.testAge ?? 0))
        let text = state.testAge == nil ? "" : #""start_time": "\#(start.formatted(.iso8601))""#
        return TransportAnswer(
            status: state.reportStatus,
            headers: ["Content-Type": "text/html", "Date": "Fri, 15 Jan 2027 08:00:00 GMT"],
            body: Array("<script>window.templateArgs = {\(text)}</script>".utf8))
    }

    private func swarm(_ request: TransportRequest) -> TransportAnswer {
        let runID = form["swarmkeeper_run_id"] ?? ""
        return answer(
            state.withLock { state in
                if state.startsTests {
                    (state.runner, state.users) = ("running", 5)
                    (state.requests, state.failures) = (0, 0)
                    state.hook?.runID = runID
                    state.hook?.state = "started"
                }
                return state.swarmAnswer
            })
    }

    private func stop() -> TransportAnswer {
        state.withLock { state in
            (state.runner, state.users) = ("stopped", 0)
            if state.hook?.state == "started" { state.hook?.state = "stopped" }
        }
        return answer(#"{"message": "Test stopped", "success": true}"#)
    }

    private func cached(_ state: State) -> String {
        let now = time.uptime
        return cache.withLock { cache in
            if let cache, now < cache.madeAt + .seconds(2) { return cache.body }
            let body = statistics(state)
            cache = Cache(body: body, madeAt: now)
            return body
        }
    }

    private func statistics(_ state: State) -> String {
        let numbers = """
            "num_requests": \(state.requests), "num_failures": \(state.failures),
            "avg_response_time": 10.0, "min_response_time": 5, "max_response_time": 20,
            "median_response_time": 9, "response_time_percentile_0.95": 18,
            "response_time_percentile_0.99": 19
            """
        let workers =
            (0..<state.workers).map { #"{"id": "w\#($0)", "state": "running"}"# }
            + (0..<state.missing).map { #"{"id": "m\#($0)", "state": "missing"}"# }
        return """
            {"state": "\(state.runner)", "user_count": \(state.users), "worker_count":
            \(state.workers), "workers": [\(workers.joined(separator: ", "))],
            "errors": [], "stats": [
            {"method": "GET", "name": "/", \(numbers)},
            {"method": "", "name": "Aggregated", \(numbers)}]}
            """
    }

    private func identity(_ state: State) -> TransportAnswer {
        guard let hook = state.hook else { return answer("{}", status: 404) }
        return answer(
            """
            {"boot": "\(hook.boot)", "sequence": 1, "runId": "\(hook.runID)", "runIdNow": "",
            "state": "\(hook.state)", "runnerState": "\(state.runner)", "users": \(state.users),
            "requests": \(state.requests), "failures": 0, "workers": \(state.workers),
            "startedSecondsAgo": 30, "stopReason": \(hook.stopReason),
            "locustfile": "\(hook.locustfile)", "hooksVersion": "1"}
            """)
    }
}
