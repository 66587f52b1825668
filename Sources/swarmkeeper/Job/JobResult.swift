import ControlPlane
import Foundation
import JSON

/// What a job has to tell at its end.
struct JobResult: Sendable {
    let end: JobEnd
    /// Why, in words.
    let reason: String
    var findings: [DocumentFile.Finding] = []
    /// As far as they are known; null otherwise.
    var run: JSONValue = .null
    var summary: JSONValue = .null
    /// Of the page that shows the run.
    var url: String?
    /// Whether the run goes on without this job, as far as is known.
    var isLeftAlone = false
    /// Whether it does not fail the build, although it is no success.
    var isTolerated = false

    /// For programs: one that was only accepted has not passed.
    var word: String { end == .passed && isLeftAlone ? "accepted" : end.word }
    var runID: String? { run["id"]?.text }
    var name: String { run["name"]?.text ?? "" }
    var isOver: Bool { JobRun.isOver(run) }
    var checks: [JobCheck] {
        (run["thresholds"]?.items ?? []).map { JobCheck($0, isInconclusive: isInconclusive) }
    }

    private var isInconclusive: Bool {
        run["verdict"]?.text == "inconclusive" || JobRun.isUnjudged(run)
    }

    /// From the order to the end; nil where there was no order.
    var duration: Duration? {
        guard let start = date("startRequestedAt"), let end = date("endedAt") else { return nil }
        return .seconds(max(0, end.timeIntervalSince(start)))
    }

    var startedAt: Date? { date("startRequestedAt") ?? date("createdAt") }

    private func date(_ member: String) -> Date? { run[member]?.text.flatMap(Timestamp.parse) }
}

extension JobResult {
    /// Its word and code for people.
    ///
    /// - Parameter exitCode: of the command; nil for what is written before that is certain.
    func title(exitCode: Int32?) -> String {
        if exitCode == end.code { return "\(word) (exit code \(end.code))" }
        let tolerated = isTolerated ? ", tolerated" : ""
        let exit = exitCode.map { "; exit code \($0)" } ?? ""
        return "\(word) (\(end.code)\(tolerated)\(exit))"
    }

    init(_ failure: JobFailure) {
        self.init(end: failure.end, reason: failure.reason, findings: failure.findings)
    }

    /// - Parameter run: as it is known.
    init(_ outcome: JobVigil.Outcome, of run: JSONValue) {
        switch outcome {
        case .over(let run, let cause): self.init(over: run, cause)
        case .lost(let reason): self.init(end: .contactLost, reason: reason, run: run)
        }
    }

    private init(over run: JSONValue, _ cause: JobEnd?) {
        let endReason = run["endReason"]?.text ?? ""
        // One that was over before the stop came is judged as if there had been none, and what was
        // broken is broken however it ended.
        let isJudged =
            run["verdict"]?.text == "failed"
            || ["durationElapsed", "testEnded", "thresholdBroken"].contains(endReason)
        let end = isJudged ? JobEnd(run: run) : cause ?? JobEnd(run: run)
        let parts = [run["verdictReason"]?.text, run["endDetail"]?.text].compactMap(\.self)
        let said =
            switch end {
            case .passed: Self.success(run)
            case .inconclusive where JobRun.isUnjudged(run):
                "the run is over, and the service has not judged its thresholds"
            case .inconclusive, .thresholdsFailed: parts.first ?? endReason
            default:
                ([endReason] + [run["endDetail"]?.text].compactMap(\.self))
                    .joined(separator: ": ")
            }
        self.init(end: end, reason: said, run: run)
    }

    private static func success(_ run: JSONValue) -> String {
        run["verdict"]?.text == "passed"
            ? "every threshold held"
            : "the run is over, and was judged by nothing: it has no thresholds"
    }
}

/// One threshold of a run, as a job tells of it.
struct JobCheck: Equatable, Sendable {
    enum Outcome: Equatable, Sendable {
        case held
        /// Broken, with severity `fail`.
        case broken
        /// Broken, with severity `warn`.
        case warned
        /// Not to be told.
        case unknown
    }

    let expression: String
    let outcome: Outcome
    /// With its unit; nil where nothing was measured.
    let actual: String?
    let reason: String?

    /// - Parameter isInconclusive: of the run: then a threshold that held or was broken has shown
    ///   nothing.
    init(_ value: JSONValue, isInconclusive: Bool) {
        expression = value["expression"]?.text ?? ""
        actual = value["actual"]?.number.map { number in
            [Self.text(number), value["unit"]?.text ?? ""].filter { !$0.isEmpty }
                .joined(separator: " ")
        }
        let isWarning = value["severity"]?.text == "warn"
        let said = value["reason"]?.text
        switch value["outcome"]?.text {
        case _ where isInconclusive:
            (outcome, reason) = (.unknown, said ?? "the run is inconclusive")
        case "failed" where isWarning: (outcome, reason) = (.warned, said)
        case "passed": (outcome, reason) = (.held, nil)
        case "failed": (outcome, reason) = (.broken, said)
        default: (outcome, reason) = (.unknown, said ?? "the run was not judged")
        }
    }

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
