import Foundation
import HTTP
import JSON
import Networking
import Testing

@testable import bench

/// The fake behaves like the master that was captured, as far as the service can tell.
struct FakeMasterTests {
    private var master = FakeMaster(boot: "b", endpointCount: 2)
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private mutating func ask(
        _ method: String, _ path: String, _ body: String = "", run: String? = nil,
        after seconds: Double
    ) throws -> JSONValue {
        var headers: HeaderFields = []
        if let run { headers.set("X-Swarmkeeper-Run", run) }
        let request = try Request(
            method: method, target: path, headers: headers, body: Array(body.utf8))
        let (reply, _) = master.answer(to: request, at: start + .seconds(seconds))
        return try JSONReader.document(Array(reply.body.utf8))
    }

    private static let form =
        "user_count=4&spawn_rate=2&host=h&run_time=12&swarmkeeper_run_id=r1"
        + "&swarmkeeper_stop_after=10.0&swarmkeeper_lease=5.0"

    @Test mutating func `statistics are cached for two seconds, over starts and stops`() throws {
        #expect(try ask("GET", "/stats/requests", after: 0)["state"]?.text == "ready")
        _ = try ask("POST", "/swarm", Self.form, after: 0.1)
        #expect(try ask("GET", "/stats/requests", after: 1.9)["state"]?.text == "ready")
        let running = try ask("GET", "/stats/requests", after: 3.5)
        #expect(running["state"]?.text == "running")
        #expect(running["user_count"]?.integer == 4)
        #expect(running["stats"]?.items?.count == 3)
        #expect(running["stats"]?.items?.last?["name"]?.text == "Aggregated")
        _ = try ask("POST", "/stop", after: 3.6)
        #expect(try ask("GET", "/stats/requests", after: 5.4)["state"]?.text == "running")
        #expect(try ask("GET", "/stats/requests", after: 5.6)["state"]?.text == "stopped")
    }

    @Test mutating func `the hook tells whose test is on, and counts it`() throws {
        #expect(try ask("GET", "/swarmkeeper/run", after: 0)["state"]?.text == "idle")
        _ = try ask("POST", "/swarm", Self.form, after: 0)
        let on = try ask("GET", "/swarmkeeper/run", after: 0.1)
        #expect(on["state"]?.text == "started")
        #expect(on["runId"]?.text == "r1")
        #expect(on["sequence"]?.integer == 1)
        _ = try ask("POST", "/stop", after: 1)
        #expect(try ask("GET", "/swarmkeeper/run", after: 1.5)["state"]?.text == "started")
        #expect(try ask("GET", "/swarmkeeper/run", after: 2.1)["state"]?.text == "stopped")
    }

    @Test mutating func `a lease that nobody renews ends the test, and the deadline does`() throws {
        _ = try ask("POST", "/swarm", Self.form, after: 0)
        #expect(master.advance(to: start + .seconds(4.9)).isEmpty)
        _ = try ask("GET", "/swarmkeeper/run", run: "r2", after: 4.9)
        #expect(
            master.advance(to: start + .seconds(6)) == [
                .init(time: start + .seconds(5), what: .endedByLease, run: "r1")
            ])

        _ = try ask("POST", "/swarm", Self.form, after: 100)
        for second in 1...11 {
            _ = try ask("GET", "/swarmkeeper/run", run: "r1", after: 100 + Double(second))
        }
        #expect(
            master.advance(to: start + .seconds(112)) == [
                .init(
                    time: start + .seconds(110) + FakeTest.hookGrace, what: .endedByDeadline,
                    run: "r1")
            ])
    }

    @Test mutating func `a restarted master knows nothing and starts nothing without workers`()
        throws
    {
        _ = try ask("POST", "/swarm", Self.form, after: 0)
        master.restart(boot: "c")
        let identity = try ask("GET", "/swarmkeeper/run", after: 1)
        #expect(identity["boot"]?.text == "c")
        #expect(identity["runId"]?.text == "")
        #expect(try ask("POST", "/swarm", Self.form, after: 2)["success"]?.bool == true)
        #expect(try ask("GET", "/swarmkeeper/run", after: 3)["state"]?.text == "idle")
    }

    @Test mutating func `a stop takes a second, and none when nothing runs`() throws {
        let stop = try Request(method: "POST", target: "/stop")
        #expect(master.answer(to: stop, at: start).0.delay == .zero)
        _ = try ask("POST", "/swarm", Self.form, after: 0)
        #expect(master.answer(to: stop, at: start + .seconds(1)).0.delay == .seconds(1))
        #expect(master.answer(to: stop, at: start + .seconds(1)).0.delay == .zero)
        let get = try Request(method: "GET", target: "/stop")
        #expect(master.answer(to: get, at: start + .seconds(2)).0.status == 405)
    }
}
