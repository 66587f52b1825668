import Foundation
import JSON
import Metrics
import TestSupport
import Testing

@testable import LoadEngine
@testable import swarmkeeper

struct AttackJSONTests {
    private func document(_ result: AttackResult) throws -> JSONValue {
        try JSONReader.document(AttackJSON.document(result).encodedBytes)
    }

    @Test func `the result has the figures that were promised`() throws {
        let subject = AttackSample.subject(
            AttackSample.plan(
                isOpen: true,
                endpoints: [.init(method: "GET", name: "/a"), .init(method: "PUT", name: "/b")]))
        let report = AttackSample.report(
            endpointCount: 2, inFlight: 2, warnings: [.arrivalsDropped(7)]
        ) { statistics in
            statistics.respond(100, lateByMilliseconds: 1000)
            statistics.fail(3, .reset, "gone", endpoint: 1)
            statistics.transport.dropped = 7
            statistics.transport.connectionsOpened = 5
        }
        let json = try document(AttackSample.result(report, subject: subject))
        #expect(json["totalRequests"] == .int(103))
        #expect(json["totalFailures"] == .int(3))
        #expect(json["rps"]?.number == 10.3)
        #expect(json["durationSeconds"]?.number == 10)
        #expect(json["dropped"] == .int(7))
        #expect(json["inFlightAtEnd"] == .int(2))
        #expect(json["bytesIn"] == .int(20_000))
        #expect(json["bytesOut"] == .int(5000))
        #expect(json["statusCodes"] == .object(["200": .int(100)]))
        for name in ["mean", "min", "p50", "p75", "p90", "p95", "p99", "p999", "max"] {
            let latency = try #require(json["latencyMs"]?[name]?.number)
            let service = try #require(json["serviceTimeMs"]?[name]?.number)
            #expect(abs(latency - service - 1000) < 2, "\(name)")
        }
        #expect(
            json["errors"]
                == .array([
                    .object([
                        "kind": .string("reset"), "count": .int(3), "example": .string("gone"),
                        "endpoint": .string("PUT /b"),
                    ])
                ]))
        let endpoints = try #require(json["endpoints"]?.items)
        #expect(endpoints.map { $0["name"]?.text } == ["/a", "/b"])
        #expect(endpoints[0]["totalRequests"] == .int(100))
        #expect(endpoints[1]["method"] == .string("PUT"))
        #expect(endpoints[1]["latencyMs"]?["p99"] == .null)
        #expect(json["model"] == .string("open"))
        #expect(json["endReason"] == .string("durationElapsed"))
        #expect(json["startedAt"] == .string("2026-01-02T03:04:05.678Z"))
        #expect(json["evidence"]?["connectionsOpened"] == .int(5))
        #expect(json["warnings"]?.items?.count == 1)
    }

    @Test func `what was not measured is null and not 0`() throws {
        let json = try document(AttackSample.result(AttackSample.report(elapsed: .zero)))
        #expect(json["latencyMs"]?["p50"] == .null)
        #expect(json["rps"]?.number == 0)
        #expect(json["errors"] == .array([]))
    }
}

struct SecondsTableTests {
    @Test func `every row has all columns`() {
        let names = SecondsTable.header.split(separator: ",")
        let empty = SecondsTable.text(
            .init(AttackSample.moment(), at: .seconds(1), interval: .zero))
        let full = SecondsTable.text(
            .init(
                AttackSample.moment { $0.respond(100) }, at: .seconds(2), interval: .seconds(1)))
        for row in [empty, full] {
            let cells = row.split(separator: ",", omittingEmptySubsequences: false)
            #expect(cells.count == names.count)
            #expect(row.hasSuffix("\n"))
        }
        #expect(full.hasPrefix("2.000,1.000,10,10,0,100,0,100.000,20000,5000,0,50.500,50.015,"))
        #expect(empty.hasPrefix("1.000,0.000,10,10,0,0,0,0.000,0,0,0,,,,,,,,,0.000"))
    }
}

struct LastRowTests {
    private func rows(lastInterval: Duration) throws -> [[Substring]] {
        var text = ""
        let outputs = try AttackOutputs([.init(format: .csv, path: "-")]) { text += $0 }
        let last = AttackSample.report(elapsed: .seconds(2)) { $0.respond(20) }
        outputs.add(
            AttackSample.moment { $0.respond(100) }, at: .seconds(1), interval: .seconds(1))
        outputs.add(
            AttackSample.moment { $0.respond(100) }, at: .seconds(2), interval: .seconds(1))
        outputs.add(Moment(last), at: .seconds(2) + lastInterval, interval: lastInterval)
        #expect(outputs.finish(AttackSample.result(last)).isEmpty)
        return text.split(separator: "\n").map { $0.split(separator: ",") }
    }

    @Test func `what comes a moment after the last second belongs to it`() throws {
        let rows = try rows(lastInterval: .milliseconds(50))
        #expect(rows.count == 3)
        #expect(rows[2][0] == "2.050" && rows[2][1] == "1.050")
        #expect(rows[2][5] == "120" && rows[2][7] == "114.286")
    }

    @Test func `a longer wait for the last answers has a row of its own`() throws {
        let rows = try rows(lastInterval: .milliseconds(500))
        #expect(rows.count == 4)
        #expect(rows[3][0] == "2.500" && rows[3][5] == "20" && rows[3][7] == "40.000")
    }
}

struct PercentileDistributionTests {
    @Test func `the text is what HdrHistogram's plotter reads`() throws {
        var histogram = Histogram()
        for value in UInt64(1)...1000 { histogram.record(value * 100) }
        let lines = PercentileDistribution.text(histogram).split(separator: "\n").map(String.init)
        #expect(lines[0] == "       Value     Percentile TotalCount 1/(1-Percentile)")
        #expect(lines[1] == "       0.100 0.000000000000          1           1.00")
        let rows = lines.dropFirst().prefix { !$0.hasPrefix("#") }
            .map { $0.split(separator: " ").compactMap { Double($0) } }
        #expect(rows.last == [100, 1, 1000])
        #expect(rows.dropLast().allSatisfy { $0.count == 4 })
        for (row, next) in zip(rows, rows.dropFirst()) {
            #expect(row[0] <= next[0] && row[1] < next[1] && row[2] <= next[2])
            #expect(row[2] / 1000 >= row[1] - 1e-9)
        }
        #expect(lines.contains("#[Mean    =       50.050, StdDeviation   =       28.868]"))
        #expect(lines.contains("#[Max     =      100.000, Total count    =         1000]"))
    }

    @Test func `nothing and one value are told as well`() {
        let empty = PercentileDistribution.text(Histogram())
        #expect(empty.contains("#[Max     =        0.000, Total count    =            0]"))
        var one = Histogram()
        one.record(5000)
        #expect(
            PercentileDistribution.text(one).contains("       5.000 1.000000000000          1\n"))
    }
}

struct OutputFileTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func content(_ name: String) throws -> String {
        try String(contentsOfFile: folder.path(name), encoding: .utf8)
    }

    @Test func `the file appears whole at the end`() throws {
        let file = try OutputFile(folder.path("a.json"))
        file.write("one,")
        file.write("two")
        #expect(try !folder.names().contains("a.json"))
        try file.finish()
        #expect(try content("a.json") == "one,two")
        #expect(try folder.names() == ["a.json"])
    }

    @Test func `an old file stays until the new one is whole`() throws {
        try "old".write(toFile: folder.path("a"), atomically: true, encoding: .utf8)
        try OutputFile.check(folder.path("a"))
        let file = try OutputFile(folder.path("a"))
        file.write("new")
        #expect(try content("a") == "old")
        file.discard()
        #expect(try content("a") == "old")
        #expect(try folder.names() == ["a"])
    }

    @Test func `a link keeps pointing at what is replaced`() throws {
        try "old".write(toFile: folder.path("a"), atomically: true, encoding: .utf8)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("link"), withDestinationPath: "a")
        let file = try OutputFile(folder.path("link"))
        file.write("new")
        try file.finish()
        #expect(try content("a") == "new")
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "a")
    }

    @Test func `a device is written to and stays a device`() throws {
        let file = try OutputFile("/dev/null")
        file.write("x")
        try file.finish()
        var status = stat()
        #expect(stat("/dev/null", &status) == 0 && status.st_mode & S_IFMT == S_IFCHR)
    }

    @Test func `what cannot be written is told`() throws {
        for path in ["/nowhere/x", folder.path("")] {
            #expect(throws: OutputFile.Failure.self) { try OutputFile.check(path) }
        }
        let full = try OutputFile("/dev/full")
        full.write("x")
        let error = #expect(throws: OutputFile.Failure.self) { try full.finish() }
        #expect(error?.description.hasPrefix("/dev/full: cannot be written: ") == true)
    }
}

struct ScenarioFileTests {
    private func file(_ text: String, name: String = "s.yaml") throws -> ScenarioFile {
        try ScenarioFile(Array(text.utf8), name: name)
    }

    private func lines(_ text: String, name: String = "s.yaml", _ pointers: String...) throws
        -> [String]
    {
        let problems = pointers.map { ScenarioProblem(pointer: $0, message: "no") }
        return try file(text, name: name).failure(ScenarioError(problems)).lines
    }

    @Test func `a problem is told at its line and column`() throws {
        let text = "name: x\nrequests:\n  - path: /a\n    weight: -1\n  - {path: /b}\n"
        #expect(
            try lines(
                text, "/requests/0/weight", "/requests/1/path", "/requests/0/body", "/requests/7",
                "", "/requests") == [
                    "s.yaml:1:1: no", "s.yaml:2:1: no", "s.yaml:2:1: no", "s.yaml:3:5: no",
                    "s.yaml:4:13: no", "s.yaml:5:12: no",
                ])
    }

    @Test func `problems stand in the order of the text, and unknown keys at the key`() throws {
        let text = "nam: x\nrequests:\n  - path: x\n    wait: 1\n    method: 1\nbaseUrl: y\n"
        let file = try file(text)
        let error = #expect(throws: ScenarioError.self) { try Scenario.read(file.value) }
        let lines = try file.failure(#require(error)).lines
        #expect(
            lines.map { $0.prefix { $0 != " " } } == [
                "s.yaml:1:1:", "s.yaml:3:11:", "s.yaml:4:5:", "s.yaml:5:13:", "s.yaml:6:10:",
            ])
        #expect(lines.first == "s.yaml:1:1: unknown key \"nam\"; did you mean name?")
    }

    @Test func `JSON has lines too`() throws {
        let text = "{\n  \"a/b\": {\"~\": [1,\n    2]}\n}"
        #expect(try lines(text, name: "s.json", "/a~1b/~0/1") == ["s.json:3:5: no"])
        #expect(
            try lines(text, name: "standard input", "/a~1b/~0/0") == ["standard input:2:17: no"])
    }

    @Test func `what is neither YAML nor JSON is told at its place`() throws {
        for (text, name, place) in [
            ("a: [1", "s.yaml", "s.yaml:1:"), ("{\n \"ä\": }", "s.json", "s.json:2:7: expected "),
        ] {
            let error = #expect(throws: ScenarioFile.Failure.self) { try file(text, name: name) }
            #expect(error?.description.hasPrefix(place) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `every scenario in the repository can be run`() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "config/scenarios")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        #expect(!files.isEmpty)
        for file in files {
            let scenario = try ScenarioFile(
                Array(Data(contentsOf: file)), name: file.lastPathComponent)
            let plan = try Scenario.read(scenario.value).plan()
            #expect(plan.program.endpoints.count > 1)
        }
    }

    @Test func `YAML and JSON mean the same`() throws {
        let yaml = try file("a: [1, 2.5, true, null, x]\nb:\n  c: 'd'\n")
        let json = try file(#"{"a": [1, 2.5, true, null, "x"], "b": {"c": "d"}}"#, name: "s.json")
        #expect(yaml.value == json.value)
    }

    @Test func `headers of the line replace those of the file`() throws {
        let scenario = try file("headers: {Accept: a, X-Kept: k}\n").adding([
            .init(name: "accept", value: "b"), .init(name: "New", value: "1"),
            .init(name: "new", value: "2"),
        ])
        #expect(
            scenario.value["headers"]
                == .object([
                    "accept": .array([.string("b")]), "X-Kept": .string("k"),
                    "New": .array([.string("1"), .string("2")]),
                ]))
    }
}
