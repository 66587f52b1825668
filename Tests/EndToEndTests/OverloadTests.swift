import Foundation
import JSON
import TestSupport
import Testing

/// The service with more clients than it can serve.
@Suite(.timeLimit(.minutes(10)))
struct OverloadTests {
    /// Floods of this many clients together are more than the service has places for.
    private static let clientsEach = 450
    private static let floodSeconds = 12

    @Test func `stops and deadlines hold in a flood of callbacks and reads`() async throws {
        let folder = try TemporaryFolder()
        try await withNativeScene(runs: 12) { scene in
            // Load enough to be seen, and little enough to leave the cores to the flood.
            let gentle = #"{"load": {"rate": "5/s"}, "requests": [{"path": "/"}]}"#
            var (endless, planned): ([String], [String]) = ([], [])
            for _ in 0..<4 {
                endless.append(try await scene.start(seconds: 300, scenario: gentle))
            }
            for id in endless { _ = try await scene.running(id) }
            for _ in 0..<4 {
                planned.append(try await scene.start(seconds: 6, scenario: gentle))
            }

            let floods = try flood(scene.service, folder)
            defer { for flood in floods { flood.end() } }
            let client = scene.service.client(Service.token("red", "operator"))
            var slowest = Duration.zero
            for id in endless {
                let asked = ContinuousClock.now
                let (status, tries) = try await stop(id, as: client)
                slowest = max(slowest, .now - asked)
                #expect(status == 202)
                print("stopped after \(tries) tries")
            }
            let isFlooded = floods.allSatisfy { $0.isRunning }
            #expect(isFlooded, "the flood was over before the stops")
            print("slowest of \(endless.count) stops in the flood: \(slowest)")
            #expect(await eventually { floods.allSatisfy { !$0.isRunning } })
            for id in endless {
                #expect(try await scene.over(id)["endReason"]?.text == "stoppedByUser")
            }
            for id in planned {
                #expect(try await scene.over(id)["endReason"]?.text == "durationElapsed")
            }
            for flood in floods { print(flood.output.suffix(1_500)) }
            try check(scene.service)
        }
    }

    /// Asks until it is answered: on a machine that is busy with the flood itself, a client may be
    /// too slow for the place that it was given.
    private func stop(_ id: String, as client: Client) async throws -> (status: Int, tries: Int) {
        for tries in 1...20 {
            // One that was reset is a try like another.
            let answer = try? await client.post("/v1/runs/\(id)/stop")
            if let answer, answer.status == 202 { return (answer.status, tries) }
        }
        throw HarnessError("no stop of \(id) in 20 tries")
    }

    /// Clients that ask, and others that report half a megabyte each, as fast as they can.
    private func flood(_ service: Service, _ folder: TemporaryFolder) throws -> [Program] {
        let histogram = JSONValue.object(
            Dictionary(uniqueKeysWithValues: (0..<100).map { ("\($0)", .int(1)) }))
        let rows = (0..<500).map { row in
            JSONValue.object([
                "method": .string("GET"), "name": .string("/\(row)"), "requests": .int(100),
                "failures": .int(0), "histogram": histogram,
            ])
        }
        let report = JSONValue.object([
            "runId": .string("nobody's"), "epoch": .string("e"), "sequence": .int(1),
            "elapsedSeconds": .int(1), "users": .int(1), "endpoints": .array(rows),
            "totals": .object(["requests": .int(50_000), "failures": .int(0)]),
        ])
        try Data(report.encodedBytes).write(to: URL(filePath: folder.path("report.json")))
        let common = ["--users", "\(Self.clientsEach)", "--duration", "\(Self.floodSeconds)s"]
        return [
            try Program(
                ["attack", "\(service.baseURL)/v1/runs?limit=100"] + common
                    + ["--header", "Authorization: Bearer \(Service.administrator)"]),
            try Program(
                ["attack", "\(service.baseURL)/v1/callbacks/metrics"] + common + [
                    "--method", "POST", "--body", "@\(folder.path("report.json"))",
                    "--header", "Authorization: Bearer \(Service.callbackToken)",
                    "--header", "Content-Type: application/json",
                ]),
        ]
    }

    private func check(_ service: Service) throws {
        // The flood has written some hundred thousand lines: only those looked for are decoded.
        let lateness = service.log.utf8.split(separator: UInt8(ascii: "\n"))
            .filter { $0.contains(Array("\"deadline\"".utf8)) }
            .compactMap { JSONValue(String(decoding: $0, as: UTF8.self))?["lateMs"]?.number }
        let latest = try #require(lateness.max())
        print("deadlines late by \(lateness) ms")
        // Far above what it takes, for a machine that does other things besides.
        #expect(lateness.count == 4 && latest < 3_000)
        let memory = try String(
            contentsOfFile: "/proc/\(service.program.id)/status", encoding: .utf8)
        let peak = memory.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        print("memory of the service at the most: \(peak ?? "?")")
        let kilobytes = try #require(
            peak?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        #expect(kilobytes < 700_000)
    }
}
