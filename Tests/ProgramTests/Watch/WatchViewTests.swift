import API
import ControlPlane
import Foundation
import JSON
import TestSupport
import Testing

@testable import swarmkeeper

struct WatchViewTests {
    private static let start = Date(timeIntervalSince1970: 1_800_000_000)

    /// An event with data as it is written, with single quotes for readability.
    private static func event(_ name: String, _ data: String) -> EventParser.Event {
        EventParser.Event(id: "a-1", name: name, data: data.replacing("'", with: "\""))
    }

    private static func json(_ text: String) throws -> JSONValue {
        try JSONReader.document(Array(text.replacing("'", with: "\"").utf8))
    }

    private static func time(_ second: Double) -> String {
        Timestamp.format(start.addingTimeInterval(second))
    }

    /// - Parameter changes: members that take the place of others.
    private static func run(_ changes: String = "") -> String {
        """
        {'id': 'run-1', 'targetUrl': 'http://shop.example', 'locustClusterId': 'native',
         'targetUsers': 20, 'startRequestedAt': '\(time(0))', 'deadline': '\(time(60))',
         'lastMetrics': {
            'timestamp': '\(time(2))', 'totalRequests': 200, 'totalFailures': 2, 'totalRps': 100,
            'p50ResponseMs': 1.5, 'p95ResponseMs': 9, 'p99ResponseMs': 12, 'maxResponseMs': 30},
         \(changes.isEmpty ? "'name': 'Front page', 'state': 'Running'" : changes)}
        """
    }

    private static func sample(_ second: Double) -> String {
        """
        {'runId': 'run-1', 'time': '\(time(second))', 'requests': 100, 'failures': 1, 'rps': 100,
         'failuresPerSecond': 1, 'users': 10, 'p50ResponseMs': 1.25, 'p95ResponseMs': 8,
         'p99ResponseMs': 11}
        """
    }

    private static func watched(samples: Int = 3) -> WatchedRun {
        var run = WatchedRun()
        run.take(event("run", Self.run()))
        for second in 0..<samples { run.take(event("sample", sample(Double(second + 1)))) }
        run.take(
            event(
                "timeline",
                """
                {'number': 3, 'at': '\(time(0))', 'kind': 'stateChanged', 'detail': '',
                 'facts': {'from': 'Starting', 'to': 'Running'}, 'outcome': null}
                """))
        return run
    }

    private func text(_ run: WatchedRun, _ columns: Int = 100, _ rows: Int = 40) -> String {
        let view = WatchView(
            size: .init(columns: columns, rows: rows), now: Self.start.addingTimeInterval(15))
        return view.lines(run).map(\.text).joined(separator: "\n")
    }

    @Test func `counts are those of the run, and samples behind it on top`() {
        let run = Self.watched()
        // The first sample is in the run's numbers already.
        #expect(run.requests == 400)
        #expect(run.failures == 4)
        #expect(run.moments.count == 3)
    }

    @Test func `the picture shows where the run stands`() throws {
        var run = Self.watched()
        run.summary = try Self.json(
            """
            {'totals': {'p50ResponseMs': 2, 'p95ResponseMs': 9, 'p99ResponseMs': 12},
             'endpoints': [
               {'method': 'GET', 'name': '/a', 'requests': 100, 'failures': 0, 'rps': 3},
               {'method': 'GET', 'name': '/b', 'requests': 300, 'failures': 4, 'rps': 9}]}
            """)
        let text = text(run)
        for part in [
            "Front page", "Running", "15.0 s, 45.0 s left", "100/s", "10 of 20", "400", "p95",
            "Starting -> Running", "leaves the run alone", "█", "http://shop.example",
        ] {
            #expect(text.contains(part), "\(part) in \(text)")
        }
        let places = ["/b", "/a"].map { text.range(of: $0)?.lowerBound }
        #expect(places[0] != nil && places[0] ?? text.endIndex < places[1] ?? text.startIndex)
    }

    @Test(arguments: [1, 20, 40, 80, 200])
    func `no line is wider than the terminal`(columns: Int) {
        let view = WatchView(size: .init(columns: columns, rows: 24), now: Self.start)
        for run in [Self.watched(samples: 200), WatchedRun()] {
            for line in view.lines(run) { #expect(line.width <= columns) }
        }
    }

    @Test func `names of others cannot steer the terminal`() {
        var run = WatchedRun()
        run.take(
            Self.event(
                "run",
                Self.run(
                    #"'name': '\u001B[2Jx', 'problem': 'a\u0007b', 'state': '\u001B[1mRunning', "#
                        + #"'endReason': '\u001B]0;x\u0007', 'verdict': 'passed\u001B[2J'"#)))
        #expect(!text(run).contains("\u{1B}"))
        #expect(!text(run).contains("\u{7}"))
    }

    @Test func `memory does not grow with the run`() {
        var run = Self.watched(samples: 5_000)
        #expect(run.moments.count == WatchedRun.momentsMax)
        for number in 0..<1_000 {
            run.take(
                Self.event("timeline", "{'number': \(number), 'kind': 'workersLost'}"))
        }
        #expect(run.lines.count == WatchedRun.linesMax)
    }

    @Test func `a run has succeeded that finished and was not judged otherwise`() {
        func succeeded(_ changes: String) -> Bool {
            var run = WatchedRun()
            run.take(Self.event("run", Self.run(changes)))
            return run.hasSucceeded
        }
        #expect(succeeded("'state': 'Finished'"))
        #expect(succeeded("'state': 'Finished', 'verdict': 'passed'"))
        #expect(!succeeded("'state': 'Finished', 'verdict': 'failed'"))
        #expect(!succeeded("'state': 'Failed'"))
        #expect(!succeeded(""))
    }

    @Test func `plain lines come often at first and seldom later, news at once`() {
        var (run, lines) = (Self.watched(), WatchLines())
        var told: [Duration] = []
        for second in 0..<300 {
            let text = lines.text(run, at: .seconds(second))
            if text.contains("requests") { told.append(.seconds(second)) }
            #expect(text.contains("Starting -> Running") == (second == 0))
        }
        #expect(told.count == 12 + 4)
        run.interruption = "connection refused"
        let (first, second) = (
            lines.text(run, at: .seconds(300)), lines.text(run, at: .seconds(301))
        )
        #expect(first.contains("coming back: connection refused"))
        #expect(!second.contains("coming back"))
        #expect(WatchLines.end(run).contains("400 requests"))
    }

    @Test func `nothing that a service might send makes it fail`() {
        var random = SeededGenerator(seed: 3)
        let values = [
            "null", "'x'", "1", "-1", "1e300", "true", "[]", "{}", "{'a': 1}",
            "9223372036854775807", "-9223372036854775808", "'2027-01-15T08:00:00.000Z'", "nonsense",
        ]
        let names = [
            "requests", "failures", "rps", "time", "users", "state", "lastMetrics", "number",
            "deadline", "startRequestedAt", "facts", "outcome", "p95ResponseMs", "timestamp",
            "totalRequests",
        ]
        for _ in 0..<500 {
            var run = WatchedRun()
            for _ in 0..<6 {
                let members = names.filter { _ in Bool.random(using: &random) }.map { name in
                    "'\(name)': \(values.randomElement(using: &random) ?? "")"
                }
                let name = ["run", "sample", "timeline", "reset", "x"].randomElement(using: &random)
                run.take(Self.event(name ?? "", "{\(members.joined(separator: ", "))}"))
            }
            _ = text(run)
            var lines = WatchLines()
            _ = lines.text(run, at: .zero) + WatchLines.end(run)
        }
    }
}
