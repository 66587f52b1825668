import Foundation
import JSON

/// The web API of one Locust master, from 2.20 to 2.47.
///
/// No call is repeated behind the caller's back: after a failure with `outcomeUnknown` only an
/// observation tells what happened. Calls may overlap, but a `swarm` while a `stop` is under way
/// starts a test that the stop then ends in its middle: the caller keeps them apart.
package struct LocustMaster: Sendable {
    /// Without user, password, query and slash at the end.
    let base: String
    let timeouts: Timeouts
    let transport: any Transport
    /// Which method `/stop` and `/stats/reset` want, once that is known.
    let verb = VerbMemory()
    private let authorization: String?

    /// - Parameters:
    ///   - baseURL: with the `--web-base-path` if there is one. A user and password in it become
    ///     basic authentication unless there is a token.
    ///   - bearerToken: for a hook or a proxy in front; Locust itself checks none.
    package init(
        baseURL: URL, bearerToken: String?, timeouts: Timeouts = Timeouts(),
        transport: any Transport = SocketTransport.shared
    ) {
        let address = BaseAddress(baseURL)
        base = address.url
        self.timeouts = timeouts
        self.transport = transport
        if let bearerToken, !bearerToken.isEmpty {
            authorization = "Bearer \(bearerToken)"
        } else {
            authorization = address.basicAuthorization
        }
    }

    /// What the front page says. Each call makes the master build its argument parser anew, so
    /// it is for inspecting a master, not for polling.
    package func index() async throws(LocustError) -> MasterInfo {
        let call = calling("read the front page", "GET", "/")
        let answer = try await answer(to: call)
        guard let info = FrontPage.info(in: answer.body) else {
            throw .notLocust(call, reason: "its front page has no Locust version")
        }
        return info
    }

    /// Starts a test, or changes users, spawn rate and time limit of the one that runs.
    package func swarm(_ request: SwarmRequest) async throws(LocustError) -> SwarmAnswer {
        let call = calling("start the swarm", "POST", "/swarm")
        if let fault = request.fault { throw .invalidRequest(call, reason: fault) }
        let headers = request.callbackToken.map { ["X-Swarmkeeper-Token": $0] } ?? [:]
        return try await send(form: request.fields, call, headers: headers)
    }

    /// The part of `swarm` that trusts the form.
    func send(
        form fields: [(name: String, value: String)], _ call: LocustCall,
        headers: [String: String] = [:]
    ) async throws(LocustError) -> SwarmAnswer {
        var headers = headers
        headers["Content-Type"] = FormBody.contentType
        let json = try await json(from: call, headers: headers, body: FormBody.bytes(fields))
        switch json["success"]?.bool {
        case true: return SwarmAnswer(json)
        case false: throw .refusedSwarm(call, message: excerpt(json["message"]?.text ?? ""))
        case nil: throw .badAnswer(call, reason: "it does not say success or failure")
        }
    }

    /// Stops the test and returns when its users are gone, which takes a second with healthy
    /// workers and over a minute with a hung one. Succeeds when nothing runs. The numbers of the
    /// last 3 s arrive at the master after this.
    package func stop() async throws(LocustError) {
        let (call, answer) = try await withVerb("stop the test", "/stop", within: timeouts.stop)
        let json = try json(in: answer, to: call)
        guard json["success"]?.bool == true else {
            throw .badAnswer(call, reason: "it does not say success")
        }
    }

    /// Sets all numbers to zero. Up to 3 s of earlier requests come back with the next reports.
    package func resetStats() async throws(LocustError) {
        let (call, answer) = try await withVerb(
            "reset the statistics", "/stats/reset", within: timeouts.call)
        guard answer.body.starts(with: "ok".utf8) else {
            throw isPage(answer)
                ? .notLocust(call, reason: "it answers with a web page")
                : .badAnswer(call, reason: "expected ok, got: \(excerpt(answer.body))")
        }
    }

    package func stats() async throws(LocustError) -> StatsReport {
        let call = calling("read the statistics", "GET", "/stats/requests")
        guard let report = StatsReport(try await json(from: call)) else {
            throw .badAnswer(call, reason: "no state, or no rows that end with the total")
        }
        return report
    }

    /// Workers that are connected and not missing; 0 for a standalone process. Current, unlike
    /// `stats()`, except for versions that lack the route and are asked for their statistics.
    package func workerCount() async throws(LocustError) -> Int {
        let call = calling("count the workers", "GET", "/worker-count")
        let answer = try await send(call)
        if answer.status == 404 { return try await stats().workerCount ?? 0 }
        try check(answer, to: call)
        guard let count = try json(in: answer, to: call)["worker_count"]?.count else {
            throw .badAnswer(call, reason: "no worker_count")
        }
        return count
    }

    package func exceptions() async throws(LocustError) -> [ExceptionRow] {
        let call = calling("read the exceptions", "GET", "/exceptions")
        guard let rows = try await json(from: call)["exceptions"]?.items else {
            throw .badAnswer(call, reason: "no list of exceptions")
        }
        return rows.map(ExceptionRow.init)
    }

    /// Asks the hook module whose test runs; `nil` when the locustfile has no such module, or
    /// when the base path is wrong, which the other calls then report.
    /// - Parameter runID: renews the lease of this run, so that the hook lets it go on.
    package func runIdentity(renewing runID: String?) async throws(LocustError) -> RunIdentity? {
        let call = calling("read the run identity", "GET", "/swarmkeeper/run")
        let headers = runID.map { ["X-Swarmkeeper-Run": $0] } ?? [:]
        let answer = try await send(call, headers: headers)
        if answer.status == 404 { return nil }
        try check(answer, to: call)
        guard let identity = RunIdentity(try json(in: answer, to: call)) else {
            throw .badAnswer(call, reason: "no boot or no state")
        }
        return identity
    }

    /// The headers of every request, and `more`.
    func headers(and more: [String: String]) -> [String: String] {
        var headers = more
        headers["Accept"] = "application/json, text/html;q=0.5"
        headers["Authorization"] = authorization
        return headers
    }
}
