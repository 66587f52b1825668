import ControlPlane
import Foundation
import JSON

/// What is known of a run that is watched, from its events and its summary.
struct WatchedRun {
    /// One sample of its series.
    struct Moment: Equatable {
        let rate: Double
        let failuresPerSecond: Double
        let users: Int?
        /// In milliseconds; nil where there is no histogram.
        let p50: Double?
        let p95: Double?
        let p99: Double?
    }

    struct Line: Equatable {
        let number: Int
        let at: Date?
        let text: String
    }

    /// What a chart needs: one or two minutes.
    static let momentsMax = 120
    static let linesMax = 20
    /// What is stored is rounded to milliseconds, what is told at once is not; no sample is as
    /// short as this.
    private static let roundingMax = 0.05

    private(set) var run: JSONValue = .null
    private(set) var moments: [Moment] = []
    private(set) var lines: [Line] = []
    private(set) var requests = 0
    private(set) var failures = 0
    /// From `GET /v1/runs/{id}/summary`; null before it was read.
    var summary: JSONValue = .null
    /// Why nothing comes now; nil while it does.
    var interruption: String?
    private(set) var isOver = false
    /// The counts of the run hold up to here; samples from here on come on top.
    private var countedTo = Date.distantPast

    var state: String { run["state"]?.text ?? "" }
    var endReason: String? { run["endReason"]?.text }
    var verdict: String? { run["verdict"]?.text }
    var name: String { run["name"]?.text ?? "" }

    /// Whether it came to the end that was asked for, and was not judged otherwise.
    var hasSucceeded: Bool { state == "Finished" && verdict != "failed" }

    func date(_ member: String) -> Date? { run[member]?.text.flatMap(Timestamp.parse) }

    /// Takes in an event. What is not known to this version is passed over.
    mutating func take(_ event: EventParser.Event) {
        // An event that cannot be read tells nothing; the next ones may.
        guard let data = try? JSONReader.document(Array(event.data.utf8)) else { return }
        interruption = nil
        switch event.name {
        case "run": take(run: data)
        case "sample": take(sample: data)
        case "timeline": take(line: data)
        case "end": isOver = true
        default: break
        }
    }

    /// Takes in the run as it is read.
    mutating func take(run new: JSONValue) {
        run = new
        guard let numbers = new["lastMetrics"], numbers != .null else { return }
        requests = numbers["totalRequests"]?.integer ?? requests
        failures = numbers["totalFailures"]?.integer ?? failures
        countedTo = numbers["timestamp"]?.text.flatMap(Timestamp.parse) ?? countedTo
    }

    private mutating func take(sample: JSONValue) {
        if let time = sample["time"]?.text.flatMap(Timestamp.parse),
            time >= countedTo.addingTimeInterval(-Self.roundingMax)
        {
            requests = Self.sum(requests, sample["requests"])
            failures = Self.sum(failures, sample["failures"])
        }
        moments.append(
            Moment(
                rate: sample["rps"]?.number ?? 0,
                failuresPerSecond: sample["failuresPerSecond"]?.number ?? 0,
                users: sample["users"]?.integer, p50: sample["p50ResponseMs"]?.number,
                p95: sample["p95ResponseMs"]?.number, p99: sample["p99ResponseMs"]?.number))
        if moments.count > Self.momentsMax { moments.removeFirst() }
    }

    /// Whatever a service sends, no sum of it ends the program.
    private static func sum(_ count: Int, _ more: JSONValue?) -> Int {
        let (sum, overflow) = count.addingReportingOverflow(more?.integer ?? 0)
        return overflow ? count : sum
    }

    private mutating func take(line: JSONValue) {
        guard let number = line["number"]?.integer else { return }
        let kind = line["kind"]?.text ?? ""
        let facts = line["facts"]
        var words = [kind]
        if kind == "stateChanged", let from = facts?["from"]?.text, let to = facts?["to"]?.text {
            words = ["\(from) -> \(to)"]
        }
        words += [line["detail"]?.text, line["outcome"]?["result"]?.text].compactMap { $0 }
        let new = Line(
            number: number, at: line["at"]?.text.flatMap(Timestamp.parse),
            text: words.filter { !$0.isEmpty }.joined(separator: "  "))
        if let index = lines.firstIndex(where: { $0.number == number }) {
            lines[index] = new
        } else {
            lines.append(new)
        }
        if lines.count > Self.linesMax { lines.removeFirst() }
    }

    /// From the order to the deadline: how much has passed, and the whole; nil before the order.
    func progress(at now: Date) -> (passed: Duration, whole: Duration)? {
        guard let start = date("startRequestedAt"), let deadline = date("deadline") else {
            return nil
        }
        let end = date("loadEndedAt") ?? date("endedAt") ?? now
        return (
            .seconds(max(0, end.timeIntervalSince(start))),
            .seconds(max(0, deadline.timeIntervalSince(start)))
        )
    }
}
