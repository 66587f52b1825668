import ControlPlane
import JSON
import TestSupport
import Testing

@testable import API

struct LiveTests {
    let service: TestService

    init() throws { service = try TestService() }

    private func watch(
        _ path: String, as caller: Caller = .viewer, after id: String? = nil
    ) async throws -> EventReader {
        let answer = try await service.ask(
            "GET", path, as: caller, headers: id.map { ["Last-Event-ID": $0] } ?? [])
        #expect(answer.header("Content-Type") == "text/event-stream")
        return try EventReader(answer)
    }

    private func report(_ run: String, _ sequence: Int64, requests: Int64) async throws {
        let totals: JSONValue = [
            "requests": .int(requests), "failures": .int(requests / 10), "avgResponseMs": 10,
            "minResponseMs": 1, "maxResponseMs": 20, "histogram": [:],
        ]
        let answer = try await service.ask(
            "POST", "/v1/callbacks/metrics",
            .callback(
                run, sequence: sequence,
                ["elapsedSeconds": .int(sequence), "totals": totals, "users": 10]),
            as: .callback)
        try #require(answer.status == 200, "\(answer.text)")
    }

    @Test func `a run's stream begins with the run as it is read, and ends with its end`()
        async throws
    {
        let run = try await service.startRun()
        let reader = try await watch("/v1/runs/\(run)/events")
        #expect(try await reader.next("run").data["id"]?.text == run)
        #expect(reader.text.hasPrefix("retry: 2000\n\n"))
        try await service.begin(run)
        service.time.advance(by: .seconds(10))
        try await report(run, 2, requests: 100)
        let sample = try await reader.next("sample")
        #expect(sample.data["requests"] == 100)
        #expect(sample.data["failures"] == 10)
        #expect(sample.data["runId"]?.text == run)
        service.time.advance(by: .seconds(10))
        try await report(run, 3, requests: 300)
        #expect(try await reader.next("sample").data["requests"] == 200)
        try await service.end(run)
        let end = try await reader.next("end")
        #expect(
            end.data == ["runId": .string(run), "state": "Finished", "endReason": "stoppedByUser"])
        #expect(await reader.ends())
        #expect(reader.events.last == end)
        let read = try await service.ask("GET", "/v1/runs/\(run)").json
        #expect(reader.events.last { $0.name == "run" }?.data == read)
        // Every line of the timeline, the last word on each.
        let lines = try await service.ask("GET", "/v1/runs/\(run)/timeline?limit=100")
        var told: [Int: JSONValue] = [:]
        for event in reader.events where event.name == "timeline" {
            told[event.data["number"]?.integer ?? 0] = event.data
        }
        for line in lines["/items"]?.items ?? [] {
            let number = try #require(line["number"]?.integer)
            #expect(told[number] == line.with("runId", .string(run)) || number == 1, "\(line)")
        }
        #expect(
            reader.events.filter { $0.name == "sample" }.compactMap { $0.data["requests"]?.integer }
                .reduce(0, +) == read["lastMetrics"]?["totalRequests"]?.integer)
    }

    @Test func `a sample has the members of an item of the run's series`() async throws {
        let run = try await service.startRun()
        let reader = try await watch("/v1/runs/\(run)/events")
        try await service.begin(run)
        service.time.advance(by: .seconds(10))
        try await report(run, 2, requests: 100)
        let sample = try await reader.next("sample")
        let series = try await service.ask("GET", "/v1/runs/\(run)/metrics")
        let item = try #require(series["/points/0"]?.members)
        #expect(Set(sample.data.members?.keys ?? [:].keys) == Set(item.keys).union(["runId"]))
    }

    @Test func `a run that is over is told with its end`() async throws {
        let run = try await service.startRun()
        try await service.end(run)
        _ = await eventually {
            let live = service.services.live
            let (position, tracks) = (await live.position, await live.tracks)
            return position.number > 0 && tracks.isEmpty
        }
        let reader = try await watch("/v1/runs/\(run)/events")
        #expect(await reader.ends())
        #expect(reader.events.map(\.name) == ["run", "end"])
        #expect(reader.events[0].data["state"] == "Finished")
    }

    @Test func `a reader that comes back misses nothing and gets nothing twice`() async throws {
        let run = try await service.startRun()
        try await service.begin(run)
        let whole = try await watch("/v1/runs/\(run)/events")
        var (last, counts): (String?, [Int]) = (nil, [])
        for round in 1...6 {
            service.time.advance(by: .seconds(7))
            try await report(run, Int64(round + 1), requests: Int64(round * 100))
            // Away during every other report.
            guard round.isMultiple(of: 2) else { continue }
            let reader = try await watch("/v1/runs/\(run)/events", after: last)
            let wanted = last == nil ? 1 : 2
            _ = await eventually {
                reader.events.count { $0.name == "sample" } >= wanted || round == 2
            }
            counts += reader.events.filter { $0.name == "sample" }.compactMap {
                $0.data["requests"]?.integer
            }
            last = reader.events.last?.id ?? last
        }
        #expect(counts == Array(repeating: 100, count: counts.count))
        #expect(counts.count >= 4)
        let ids = whole.events.compactMap(\.id)
        #expect(Set(ids).count == ids.count)
    }

    @Test(arguments: ["nonsense", "abc-1", "abc-99999999999999999999", "", "\u{1}"])
    func `an id of nobody begins anew and says so`(id: String) async throws {
        let run = try await service.startRun()
        let reader = try await watch("/v1/runs/\(run)/events", after: id)
        #expect(reader.events.prefix(2).map(\.name) == ["run", "reset"])
        let again = try await watch("/v1/runs/\(run)/events", after: reader.events[1].id)
        #expect(!again.events.contains { $0.name == "reset" })
    }

    @Test func `a new process of the service begins anew`() async throws {
        let run = try await service.startRun()
        let first = try await watch("/v1/runs/\(run)/events")
        let id = try #require(try await first.next("run").id)
        service.die()
        let next = try TestService(after: service, awaitsAdoption: true)
        let answer = try await next.ask(
            "GET", "/v1/runs/\(run)/events", headers: ["Last-Event-ID": id])
        let reader = try EventReader(answer)
        #expect(reader.events.prefix(2).map(\.name) == ["run", "reset"])
        // What comes is told all the same.
        try await next.orchestrator.adopt()
        #expect(try await reader.next("timeline").data["runId"]?.text == run)
    }

    @Test func `a slow reader is let go with a hint, and nobody else notices`() async throws {
        let run = try await service.startRun()
        try await service.begin(run)
        let slow = try EventReader(
            try await service.ask("GET", "/v1/runs/\(run)/events", as: .viewer))
        let other = try await watch("/v1/runs/\(run)/events")
        let filling = Array(":\(String(repeating: " ", count: 200_000))\n\n".utf8)
        #expect(slow.body.offer(filling) == .taken)
        #expect(slow.body.offer(filling) == .full)
        service.time.advance(by: .seconds(10))
        try await report(run, 2, requests: 100)
        _ = try await other.next("sample")
        #expect(await slow.ends())
        #expect(slow.events.last?.name == "dropped")
        #expect(slow.events.last?.id == nil)
    }

    @Test func `nobody is told what is outside of the scope`() async throws {
        let run = try await service.startRun()
        let own = try await watch("/v1/events")
        let all = try await watch("/v1/events", as: .administrator)
        let other = try await watch("/v1/events", as: .editorOfOther)
        let otherEnvironment = try await watch("/v1/events?envId=elsewhere")
        try await service.begin(run)
        service.time.advance(by: .seconds(10))
        try await report(run, 2, requests: 100)
        for reader in [own, all] {
            let sample = try await reader.next("sample")
            #expect(sample.data["runId"]?.text == run)
            #expect(sample.data["totalRequests"] != nil)
            #expect(sample.data["requests"] == nil)
        }
        #expect(other.events.isEmpty)
        #expect(otherEnvironment.events.isEmpty)
        let answer = try await service.ask(
            "GET", "/v1/runs/\(run)/events", as: .editorOfOther)
        #expect(answer.status == 404)
        #expect(answer.response.stream == nil)
    }

    @Test func `a token of one environment sees no other`() async throws {
        let run = try await service.startRun()
        let (_, caller) = try await service.issue(
            .token("narrow", ["envIds": ["staging"]]))
        let reader = try await watch("/v1/events", as: caller)
        #expect(
            try await service.ask("GET", "/v1/runs/\(run)/events", as: caller).status == 404)
        try await service.begin(run)
        let own = try await watch("/v1/events")
        service.time.advance(by: .seconds(10))
        try await report(run, 2, requests: 100)
        _ = try await own.next("sample")
        #expect(reader.events.allSatisfy { $0.name == "cluster" })
    }

    @Test func `heartbeats come while nothing happens`() async throws {
        let run = try await service.startRun()
        let reader = try await watch("/v1/runs/\(run)/events")
        let heard = await eventually(moving: service.time) {
            _ = reader.events
            return reader.text.contains(": heartbeat\n\n")
        }
        #expect(heard)
    }

    @Test func `a token that is revoked ends its streams`() async throws {
        let run = try await service.startRun()
        let (id, caller) = try await service.issue(.token("short"))
        let reader = try await watch("/v1/runs/\(run)/events", as: caller)
        let other = try await watch("/v1/runs/\(run)/events")
        #expect(
            try await service.ask("DELETE", "/v1/tokens/\(id)", as: .admin).status < 300)
        let before = service.time.uptime
        #expect(
            await eventually(moving: service.time) {
                _ = reader.events
                return reader.hasEnded
            })
        #expect(service.time.uptime - before < .seconds(120))
        _ = other.events
        #expect(!other.hasEnded)
    }

    @Test func `a caller has so many streams and not one more`() async throws {
        let run = try await service.startRun()
        var readers: [EventReader] = []
        for _ in 0..<LiveFeed.streamsOfCallerMax {
            readers.append(try await watch("/v1/runs/\(run)/events"))
        }
        let refused = try await service.ask("GET", "/v1/runs/\(run)/events", as: .viewer)
        #expect(refused.status == 429)
        #expect(try await service.ask("GET", "/v1/events", as: .operator).status == 200)
        readers.removeLast()
        #expect(
            try await eventually {
                try await service.ask("GET", "/v1/runs/\(run)/events", as: .viewer).status == 200
            })
    }

    @Test func `one tenant leaves half of all streams to the others`() async throws {
        let run = try await service.startRun()
        var readers: [EventReader] = []
        var callers: [Caller] = []
        for number in 0...LiveFeed.streamsOfTenantMax / LiveFeed.streamsOfCallerMax {
            callers.append(try await service.issue(.token("page \(number)")).caller)
        }
        for number in 0..<LiveFeed.streamsOfTenantMax {
            readers.append(
                try await watch(
                    "/v1/runs/\(run)/events",
                    as: callers[number / LiveFeed.streamsOfCallerMax]))
        }
        let last = try #require(callers.last)
        let refused = try await service.ask("GET", "/v1/runs/\(run)/events", as: last)
        #expect(refused.status == 429 && refused.text.contains("of this tenant"))
        #expect(try await service.ask("GET", "/v1/events", as: .editorOfOther).status == 200)
        #expect(try await service.ask("GET", "/v1/events", as: .administrator).status == 200)
    }

    @Test func `a run that has ended is not told of again`() async throws {
        let run = try await service.startRun()
        let reader = try await watch("/v1/events")
        try await service.end(run)
        #expect(await eventually { await !service.services.live.ended.isEmpty })
        let heard = reader.events.count
        // As an event that came late.
        await service.services.live.events.publish(.run(RunID(run)))
        let next = try await service.startRun(.test(["name": "next"]))
        #expect(await eventually { reader.events.contains { $0.data["id"]?.text == next } })
        #expect(!reader.events.dropFirst(heard).contains { $0.data["id"]?.text == run })
    }

    @Test func `a change of a cluster is told to those who see it`() async throws {
        let own = try await watch("/v1/events")
        let other = try await watch("/v1/events", as: .editorOfOther)
        // What it was before is what a change is one from.
        #expect(
            await eventually(moving: service.time) {
                await service.services.live.shownClusters.count == 2
            })
        service.cluster.behave {
            $0.health = ClusterHealth(
                version: "2.47.0", state: "ready", workers: 2, users: 0,
                problem: "it is on fire")
        }
        var cluster: EventReader.Event?
        _ = await eventually(moving: service.time) {
            cluster = own.events.last { $0.name == "cluster" }
            return cluster?.data["problem"] == "it is on fire"
        }
        let listed = try await service.ask("GET", "/v1/clusters", as: .viewer)
        #expect(
            Set(cluster?.data.members?.keys ?? [:].keys)
                == Set(listed["/items/0"]?.members?.keys ?? [:].keys))
        #expect(!other.events.contains { $0.data["id"] == cluster?.data["id"] })
    }
}
